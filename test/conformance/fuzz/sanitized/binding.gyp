{
  'targets': [
    {
      # The library's own addon under AddressSanitizer and UndefinedBehaviorSanitizer, for tools/checks/addon.sh.
      'target_name': 'safe_spawn',
      'sources': [
        '<!@(ls ../../../../src-native/*.cc ../../../../src-native/*/*.cc ../../../../src-native/core/*.c ../../../../src-native/core/*/*.c ../../../../src-native/core/*/*/*.c)',
        '../../../core/asan.c',
      ],
      'includes': ['../../../../src-native/addon.gypi'],
      'cflags': [
        '-O1',
        '-g',
        '-fsanitize=address,undefined,float-cast-overflow',
        '-fno-sanitize-recover=all',
        '-fno-omit-frame-pointer',
      ],
      'ldflags': ['-fsanitize=address,undefined', '-Wl,--wrap=launch__clone'],
    },
  ],
}
