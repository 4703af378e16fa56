{
  'targets': [
    {
      'target_name': 'test_addon',
      'sources': ['addon.c'],
      'cflags_c': ['-std=gnu17', '-Wall', '-Wextra', '-Werror'],
    },
    {
      # The library's own addon, with gates that hold a child; test/helpers/gated-addon.cjs makes the library load it.
      'target_name': 'gated',
      'product_name': 'safe_spawn',
      'product_dir': '<(PRODUCT_DIR)/../gated/build/Release',
      'sources': [
        '<!@(ls ../../src-native/*.cc ../../src-native/*/*.cc ../../src-native/core/*.c ../../src-native/core/*/*.c ../../src-native/core/*/steps/*.c)',
      ],
      'includes': ['../../src-native/addon.gypi'],
      'defines': ['LAUNCH_TEST_HOOKS'],
      'cflags': ['-Werror'],
    },
  ],
}
