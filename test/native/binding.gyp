{
  'targets': [
    {
      'target_name': 'test_addon',
      'sources': ['addon.c'],
      'cflags_c': ['-std=gnu17', '-Wall', '-Wextra', '-Werror'],
    },
    {
      # The library's own addon, with gates that hold a child. SAFE_SPAWN_PREBUILD=build/gated makes the library load it.
      'target_name': 'gated',
      'product_name': 'safe_spawn',
      'product_dir': '<(PRODUCT_DIR)/../gated/build/Release',
      'sources': [
        '<!@(ls ../../src-native/*.cc ../../src-native/core/*.c ../../src-native/core/steps/*.c)',
      ],
      'include_dirs': ['../../src-native', '<!@(node -p "require(\'node-addon-api\').include_dir")'],
      'defines': [
        'LAUNCH_TEST_GATES',
        'NAPI_VERSION=8',
        'NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS',
        'NODE_ADDON_API_DISABLE_DEPRECATED',
        '_GNU_SOURCE',
      ],
      'cflags_c': ['-std=gnu17'],
      'cflags_cc': ['-std=gnu++20'],
      'cflags_cc!': ['-std=gnu++17'],
      'ldflags': ['-Wl,-z,nodelete', '-Wl,-z,now'],
    },
  ],
}
