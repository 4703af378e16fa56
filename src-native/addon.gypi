# How the addon is compiled, for the release (binding.gyp) and for the tests alike.
{
  'include_dirs': ['<!@(node -p "require(\'node-addon-api\').include_dir")'],
  'defines': [
    '_GNU_SOURCE',
    'NAPI_VERSION=8',
    'NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS',
    'NODE_ADDON_API_DISABLE_DEPRECATED',
    # The library refuses an addon of another version. The package names itself, since each binding.gyp has its own folder.
    'SAFE_SPAWN_VERSION="<!(node -p "require(\'safe-spawn/package.json\').version")"',
    # A Worker that is being terminated can't throw: that is no reason to end the process.
    'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
  ],
  'cflags': ['-O2', '-Wall', '-Wextra', '-fvisibility=hidden'],
  'cflags_c': ['-std=gnu17'],
  # The standard is the one that Node's headers ask for: C++17 from Node 20 on, which GCC 8 knows.
  'cflags_cc': ['-fvisibility-inlines-hidden'],
  # nodelete: an addon loaded only in Workers would otherwise be unmapped under its own close callbacks.
  # now: a child that shares memory with its parent must not enter the dynamic linker.
  'ldflags': ['-Wl,-z,nodelete', '-Wl,-z,now', '-Wl,-z,relro'],
}
