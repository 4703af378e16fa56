/*
 * orphan-reaper.h: children whose environment ended before they did. Nobody can be told of their death, but
 * somebody must wait for them, or they stay zombies for as long as the process lives.
 */
#ifndef SAFE_SPAWN_ORPHAN_REAPER_H
#define SAFE_SPAWN_ORPHAN_REAPER_H

#include <vector>

#include "../core/launch.h"

/* Takes over the children and their pidfds. */
void AdoptOrphans(std::vector<launch_child> orphans);

#endif
