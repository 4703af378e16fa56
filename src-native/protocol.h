/*
 * protocol.h: the numbers in the arrays that JavaScript and the addon exchange. The addon exports each under its name, and
 * lib/native/interface.ts has their types only. The two are built from one version of the package, which is compared when
 * the addon is loaded.
 */
#ifndef SAFE_SPAWN_PROTOCOL_H
#define SAFE_SPAWN_PROTOCOL_H

#define PROTOCOL_CONSTANTS(CONSTANT)                                                                         \
  /* Bits of the first number of the header */                                                               \
  CONSTANT(LAUNCH_NEW_SESSION, 1)                                                                            \
  CONSTANT(LAUNCH_SET_UID, 2)                                                                                \
  CONSTANT(LAUNCH_SET_GID, 4)                                                                                \
  CONSTANT(LAUNCH_SET_CWD, 8)                                                                                \
  CONSTANT(LAUNCH_INHERIT_ENV, 16)                                                                           \
  /* Kinds of stdio entry */                                                                                 \
  CONSTANT(STDIO_IGNORE, 0)                                                                                  \
  CONSTANT(STDIO_PIPE, 1)                                                                                    \
  CONSTANT(STDIO_FD, 2)                                                                                      \
  CONSTANT(STDIO_ONE_WAY_PIPE, 3)                                                                            \
  /* Bits that say which halves of a limit are set */                                                        \
  CONSTANT(RLIMIT_SET_SOFT, 1)                                                                               \
  CONSTANT(RLIMIT_SET_HARD, 2)                                                                               \
  /* Bits of the first attribute, which say which of the others are set */                                   \
  CONSTANT(ATTRIBUTE_UMASK, 1)                                                                               \
  CONSTANT(ATTRIBUTE_NICE, 2)                                                                                \
  CONSTANT(ATTRIBUTE_OOM_SCORE_ADJ, 4)                                                                       \
  CONSTANT(ATTRIBUTE_PROCESS_GROUP, 8)                                                                       \
  CONSTANT(ATTRIBUTE_GROUPS, 16)                                                                             \
  CONSTANT(ATTRIBUTE_NO_NEW_PRIVILEGES, 32)                                                                  \
  /* Indices of the result; runSync() alone writes those from RESULT_EXIT_CODE on */                         \
  CONSTANT(RESULT_PID, 0)                                                                                    \
  CONSTANT(RESULT_ERROR, 1)                                                                                  \
  CONSTANT(RESULT_STEP, 2)                                                                                   \
  CONSTANT(RESULT_RLIMIT_RESOURCE, 3)                                                                        \
  CONSTANT(RESULT_SIGNAL, 4)                                                                                 \
  CONSTANT(RESULT_EXIT_CODE, 5)                                                                              \
  CONSTANT(RESULT_EXIT_SIGNAL, 6)                                                                            \
  CONSTANT(RESULT_CORE_DUMPED, 7)                                                                            \
  CONSTANT(RESULT_LOST, 8)                                                                                   \
  CONSTANT(RESULT_RUN_ERROR, 9)                                                                              \
  CONSTANT(RESULT_LENGTH, 10)

#define PROTOCOL_ENUMERATOR(name, value) name = value,
enum ProtocolConstant { PROTOCOL_CONSTANTS(PROTOCOL_ENUMERATOR) };
#undef PROTOCOL_ENUMERATOR

#endif
