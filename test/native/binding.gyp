{
  'targets': [
    {
      'target_name': 'test_addon',
      'sources': ['addon.c'],
      'cflags_c': ['-std=gnu17', '-Wall', '-Wextra', '-Werror'],
    },
  ],
}
