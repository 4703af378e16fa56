/*
 * orphan-reaper.h: reaps children whose environment ended before they did. No JavaScript is left to report their death to,
 * but without a wait they would stay zombies for as long as the process lives.
 */
#ifndef SAFE_SPAWN_ORPHAN_REAPER_H
#define SAFE_SPAWN_ORPHAN_REAPER_H

#include <vector>

#include "../core/launch.h"

/* Takes over the children and their pidfds. */
void AdoptOrphans(std::vector<launch_child> orphans);

#endif
