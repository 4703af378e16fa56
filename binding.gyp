{
  'targets': [
    {
      'target_name': 'safe_spawn',
      'conditions': [
        ['OS=="linux"', {
          'includes': ['src-native/addon.gypi'],
          'sources': ['<!@(ls src-native/*.cc src-native/*/*.cc src-native/core/*.c src-native/core/*/*.c src-native/core/*/*/*.c)'],
        }, {
          'type': 'none',
        }],
      ],
    },
  ],
}
