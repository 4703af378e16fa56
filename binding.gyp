{
  'variables': {
    'core': ['<!@(ls src-native/core/*.c src-native/core/steps/*.c)'],
  },
  'targets': [
    {
      'target_name': 'safe_spawn',
      'conditions': [
        ['OS=="linux"', {
          'sources': [
            '<@(core)',
            'src-native/binding.cc',
            'src-native/exit-watcher.cc',
            'src-native/gates.cc',
            'src-native/orphans.cc',
            'src-native/request.cc',
            'src-native/sync-runner.cc',
          ],
          'include_dirs': ['src-native', '<!@(node -p "require(\'node-addon-api\').include_dir")'],
          'defines': ['NAPI_VERSION=8', 'NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS', 'NODE_ADDON_API_DISABLE_DEPRECATED', '_GNU_SOURCE'],
          'cflags': ['-Wall', '-Wextra', '-Werror', '-fvisibility=hidden', '-O2'],
          'cflags_c': ['-std=gnu17'],
          'cflags_cc': ['-std=gnu++20', '-fvisibility-inlines-hidden'],
          'cflags_cc!': ['-std=gnu++17'],
          # nodelete: an addon loaded only in Workers would otherwise be unmapped under its own close callbacks.
          # now: a child that shares memory with its parent must not enter the dynamic linker.
          'ldflags': ['-Wl,-z,nodelete', '-Wl,-z,now', '-Wl,-z,relro'],
        }, {
          'type': 'none',
        }],
      ],
    },
  ],
}
