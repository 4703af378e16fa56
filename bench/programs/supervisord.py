"""supervisord, without its refusal to start with a minfds above the hard limit on descriptors. Its loop needs no limit."""

from supervisor import options, supervisord

options.ServerOptions.set_rlimits_or_exit = lambda self: None
supervisord.main()
