/* test-list.h: every test, once. TEST(name, where it can run, what it shows) */

TEST(probe_sees_leaks, ANYWHERE, "The probe shows what fork and exec leak")
TEST(nothing_leaks, ANYWHERE,
     "Descriptors of the caller at 3, 20, 100, 1066, 5000 and 19000 do not reach the child")
TEST(nothing_leaks_of_what_was_opened_after_the_context, ANYWHERE,
     "It makes no difference when they were opened")
TEST(nothing_leaks_above_a_lowered_limit, ANYWHERE, "Descriptors above the soft limit do not reach the child")
TEST(child_can_have_no_descriptor_at_all, ANYWHERE, "A child that is given nothing holds nothing")
TEST(mailboxes_of_other_contexts_do_not_leak, ANYWHERE, "Mailboxes of other contexts do not reach the child")
TEST(stdio_closed_after_opening_the_context, ANYWHERE,
     "Any of 0-2 may be closed in the caller after the context is opened")
TEST(stdio_closed_before_opening_the_context, ANYWHERE, "Any of 0-2 may be closed in the caller before that")
TEST(gaps_stay_closed, ANYWHERE, "Numbers between the targets are closed")
TEST(every_assignment_of_six_sources_to_stdio, ANYWHERE, "Six sources can be put on 0-2 in all 216 ways")
TEST(every_permutation_of_four_numbers, ANYWHERE,
     "Four descriptors can be exchanged in all 24 ways, low and high")
TEST(one_source_for_several_targets, ANYWHERE,
     "One source can have several targets, its own number among them")
TEST(close_on_exec_of_a_source_is_the_callers_matter, ANYWHERE,
     "A source marked close-on-exec reaches the child, and stays marked here")
TEST(numbers_of_the_mailbox_are_free_in_the_child, ANYWHERE, "The mailbox's own numbers can be targets")
TEST(targets_far_above_the_mailbox, ANYWHERE, "Targets can be far above the mailbox")
TEST(targets_and_sources_above_a_lowered_limit, ANYWHERE, "Targets and sources can be above the soft limit")
TEST(descriptor_above_a_lowered_hard_limit, NOT_VALGRIND,
     "A descriptor above a lowered hard limit can keep its number")
TEST(last_number_that_the_limit_allows_is_a_target, ANYWHERE,
     "The last number below the hard limit can be a target")
TEST(any_number_of_sources, ANYWHERE, "There can be more sources than a message can carry")
TEST(source_that_is_closed_or_internal, ANYWHERE,
     "A source that is closed, no number or part of the mailbox is EBADF")
TEST(every_kind_of_file_can_be_given, ANYWHERE,
     "Sockets, pipes, directories, O_PATH, eventfd and epoll can be given")
TEST(dev_null_is_read_only_as_stdin, ANYWHERE, "/dev/null is read-only as descriptor 0, read-write elsewhere")
TEST(stdio_is_blocking, ANYWHERE, "0-2 of the child are blocking, others stay as they are")
TEST(table_of_the_child_stays_small, NATIVE,
     "With 19,000 descriptors in the caller the child's table has 64 entries")

TEST(success_leaves_the_caller_as_it_was, ANYWHERE,
     "A launch changes no descriptor, mask, disposition, id, limit or directory of the caller")
TEST(error_at_any_step_leaves_nothing, ANYWHERE,
     "An error at any step changes nothing either, and leaves no process")
TEST(death_at_any_step_is_a_failure_that_names_it, NOT_VALGRIND,
     "A child killed at any step is a failure that names step and signal")
TEST(many_failures_leave_no_descriptor_and_no_mapping, NATIVE,
     "Hundreds of failed launches leave no descriptor and no mapping")
TEST(context_that_is_closed_leaves_nothing, NATIVE,
     "A context that is closed leaves no descriptor and no mapping")
TEST(record_lock_of_the_caller_survives, ANYWHERE,
     "A record lock on a file that is given away survives, success or not")

TEST(strangers_file_on_a_number_of_the_mailbox, ANYWHERE,
     "A stranger's file on a number of the mailbox is left alone")
TEST(closing_a_context_closes_no_strangers_file, ANYWHERE, "Closing a context closes no stranger's file")
TEST(mailbox_that_was_closed_is_made_anew, ANYWHERE, "A mailbox that somebody closed is made anew")
TEST(mailbox_stolen_while_a_launch_is_held, NATIVE, "A mailbox stolen during a launch harms nobody")
TEST(datagram_of_a_stranger_is_not_eaten, NATIVE, "A stranger's datagram on a stolen number is not eaten")
TEST(child_killed_before_it_takes_its_mail, NATIVE,
     "Mail for a killed child is thrown away: its pipes get their end of file")
TEST(too_many_descriptors_in_flight, NATIVE,
     "Too many descriptors in flight make a launch slower, not impossible")
TEST(io_uring_as_a_source, NATIVE, "An io_uring, which no message can carry, can be given")
TEST(mail_that_is_cut_off, NATIVE, "Mail that is cut off for lack of numbers does not lose descriptors")
TEST(child_that_has_not_executed_holds_up_no_end_of_file, NATIVE,
     "A child that hangs before exec holds up no pipe of others")
TEST(forked_copy_of_a_context_does_not_mix_up_mail, NATIVE,
     "A forked copy of the process does not get the other's mail")

TEST(program_starts_with_nothing_blocked_or_ignored, NATIVE,
     "A program starts with nothing blocked, ignored or caught")
TEST(real_time_signal_that_is_ignored_stays_so, NATIVE,
     "A real-time signal that the caller ignores stays ignored")
TEST(no_handler_of_the_caller_runs_in_the_child, NATIVE,
     "A signal in the window kills the child; no handler of the caller runs there")
TEST(killed_before_exec_is_a_failure, NATIVE, "A child killed before exec is a failure, not a start")
TEST(killed_inside_exec_is_a_start, NATIVE, "A child killed inside execve is a start, and then a death")
TEST(killed_child_is_not_brought_back, NATIVE,
     "A child that was killed is not brought back in a slower way, except after SIGSYS")
TEST(killed_probe_says_nothing_about_the_kernel, NATIVE,
     "A probe that was killed says nothing about the kernel, and is made again")
TEST(signal_for_the_caller_waits_for_the_launch, NATIVE,
     "A signal for the caller is delivered when the launch is over")
TEST(stop_of_the_job_in_the_window_stops_all_of_it, NATIVE,
     "Ctrl-Z in the window stops caller and program at once")
TEST(stop_of_the_child_in_the_window_stops_the_program, NATIVE,
     "A stop signal for the child before exec stops the program before its first instruction")
TEST(continued_in_the_window_the_program_runs, NATIVE, "SIGCONT before exec takes the stop back")
TEST(stop_of_a_child_without_a_free_number_is_sent_again, NATIVE,
     "A child that has no free number for that is stopped by its parent")
TEST(stop_in_the_window_does_not_hide_a_failure, NATIVE, "A stop before exec does not hide a failure of exec")
TEST(failed_launch_sends_no_sigchld, NATIVE, "A failed launch sends no SIGCHLD")

TEST(path_of_the_child_is_searched_from_its_directory, ANYWHERE,
     "The child's PATH is searched, from its working directory")
TEST(errors_of_the_search_are_those_of_execvp, ANYWHERE, "Errors of the search are those of execvp")
TEST(without_path_the_default_is_searched, ANYWHERE, "Without PATH the default is searched")
TEST(arguments_and_environment_arrive_as_they_are, ANYWHERE, "Arguments and environment arrive as they are")
TEST(file_without_interpreter_is_run_by_the_shell, ANYWHERE,
     "A file without an interpreter line is run by the shell")
TEST(empty_file_is_an_empty_script, ANYWHERE, "An empty file is an empty script")
TEST(working_directory, ANYWHERE, "A working directory is entered, or the step is named")
TEST(program_and_directory_named_by_a_descriptor_of_the_caller, ANYWHERE,
     "Program and directory can be named through a descriptor of the caller")
TEST(program_named_by_a_descriptor_that_the_child_has, ANYWHERE,
     "A number that the child has means the child's own")
TEST(program_and_directory_of_a_caller_that_is_not_dumpable, NATIVE,
     "So can they be where the caller's /proc is root's, after setuid")
TEST(program_and_directory_of_the_caller_for_another_user, NOT_VALGRIND, "And for another user")
TEST(argument_list_can_be_as_large_as_the_kernel_allows, NOT_VALGRIND,
     "1.5 MB of arguments start, 8 MB are E2BIG")
TEST(new_session_is_made_when_asked_for, ANYWHERE, "A new session is made when asked for, else none")

TEST(limits_are_in_force_when_the_program_starts, NOT_VALGRIND,
     "Limits, soft, hard or both, are the child's alone")
TEST(limit_of_descriptors_can_be_below_those_given, NOT_VALGRIND,
     "The limit of descriptors can be below those given")
TEST(limit_that_is_refused_fails_the_launch, ANYWHERE,
     "A limit that is refused fails the launch and is named")
TEST(soft_limit_of_the_caller_lowered_to_nothing, NATIVE,
     "The caller's soft limit can be anything from 0 to 20")

TEST(exit_code_and_usage_are_reported, ANYWHERE, "Exit code and resource usage are reported")
TEST(every_deadly_signal_is_reported, NATIVE, "Each signal that ends a process is reported, 1 to 64")
TEST(core_dump_is_reported_as_for_any_child, NOT_VALGRIND, "A core dump is reported as for any other child")
TEST(pidfd_tells_of_the_end_and_hits_no_stranger, ANYWHERE,
     "The pidfd tells of the end, and a signal after it is ESRCH")
TEST(children_of_others_are_not_reaped, ANYWHERE, "Children that others started are not reaped")
TEST(no_zombie_is_left_without_wait4, NATIVE, "A filter that refuses wait4 leaves no zombie")
TEST(status_taken_by_somebody_else, ANYWHERE,
     "A status that somebody else took is recovered or lost, never 0")
TEST(sigchld_ignored_by_the_caller, ANYWHERE, "The caller may ignore SIGCHLD")
TEST(another_thread_reaps_everything, NATIVE, "Another thread may reap whatever it finds")

TEST(names_exist_and_differ, ANYWHERE, "Steps, clone modes, seals and pidfds have names")
TEST(fastest_way_is_taken_where_the_kernel_has_it, NATIVE, "The fastest way is taken where the kernel has it")
TEST(fork_tier_is_taken_where_vfork_shares_nothing, ANYWHERE,
     "The fork mode is taken where vfork shares nothing")
TEST(probes_leave_nothing, ANYWHERE, "Probes leave no process and no descriptor")
TEST(every_way_gives_the_same_result, NOT_VALGRIND, "Every way gives the same result")
TEST(calls_that_are_missing, NATIVE,
     "Where system calls are missing, alone or together, the result is the same")
TEST(calls_that_are_forbidden, NATIVE, "Where they are forbidden with EPERM, too")
TEST(calls_that_kill_the_child, NATIVE, "Where a filter kills the child for them, too")
TEST(calls_that_kill_a_child_with_memory_of_its_own, NATIVE,
     "And where it kills a child that has memory of its own, as on an old kernel")
TEST(old_kernel_without_memory_to_ask_in, NATIVE,
     "Where an old kernel has no memory to ask in, what is old enough is taken")
TEST(call_that_nothing_can_do_without, NATIVE,
     "Where it kills for a call that nothing can do without, the launch fails and names the step")
TEST(calls_that_only_pretend, NATIVE, "Where a seal succeeds and does nothing, it is not believed")
TEST(unshare_that_is_ignored, NATIVE,
     "Where a seal closes in the caller's table, that is found out in another one")
TEST(no_proc_is_needed, NATIVE, "Nothing needs /proc")
TEST(without_proc_and_close_range_nothing_starts, NATIVE,
     "Without /proc and close_range nothing starts, and the step is closeFds")
TEST(directory_that_is_not_proc_is_not_believed, NATIVE, "A directory in the place of /proc is not believed")
TEST(listing_that_is_forbidden_is_no_empty_listing, NATIVE, "A listing that is forbidden is no empty listing")

TEST(ids_and_groups_are_the_childs_alone, ANYWHERE,
     "User, group and supplementary groups are the child's alone")
TEST(directory_is_entered_before_ids_change, ANYWHERE, "The directory is entered with the caller's rights")
TEST(program_is_executed_with_the_new_ids, ANYWHERE, "The program is executed with the new rights")
TEST(unprivileged_caller_can_only_keep_its_ids, ANYWHERE,
     "Without privilege only the caller's own ids can be asked for")
TEST(what_each_tier_shares_until_the_seal, NATIVE,
     "Each clone mode shares what it should with the caller, never memory when ids change")
TEST(ids_of_the_caller_change_during_a_launch, NATIVE,
     "Another thread can change the caller's ids during a launch")

TEST(attributes_are_the_childs_alone, NOT_VALGRIND,
     "Process group, umask, nice, oom score, no_new_privs and death signal are the child's alone")
TEST(attributes_not_asked_for_are_inherited, NOT_VALGRIND,
     "Attributes that were not asked for are the caller's")
TEST(oom_score_with_no_number_to_spare, NOT_VALGRIND,
     "The oom score can be set with no descriptor number to spare")
TEST(oom_score_believes_procfs_only, NATIVE,
     "A file that is not in a procfs does not take the oom score, nor does a FIFO hold up the launch")
TEST(oom_score_of_a_caller_that_is_not_dumpable, NATIVE,
     "That the caller is not dumpable is told from a score that is too low")
TEST(process_group_can_be_joined, ANYWHERE, "A process group can be joined while it exists")
TEST(attribute_that_is_refused_fails_the_launch, ANYWHERE,
     "An attribute that is refused fails the launch and is named")
TEST(supplementary_groups_are_those_asked_for, ANYWHERE, "Supplementary groups are those asked for, none too")
TEST(groups_that_are_refused_fail_the_launch, ANYWHERE, "Groups that are refused fail the launch")
TEST(child_dies_with_its_caller_when_asked_to, NATIVE,
     "A child dies with its caller when asked to, also with other ids")
TEST(caller_that_died_before_the_death_signal_was_set, NATIVE,
     "A caller that died before the death signal was set leaves no program")

TEST(child_is_born_in_its_cgroup, NATIVE, "A child is born in the cgroup that was asked for")
TEST(frozen_cgroup_is_refused, NATIVE, "A frozen cgroup is refused, also one whose ancestor is frozen")
TEST(cgroup_without_clone3_is_an_error_of_its_own, NATIVE,
     "Without clone3 a cgroup is an error, and nothing else is")
TEST(kernel_kills_what_is_born_in_a_killed_cgroup, NATIVE,
     "Without the library: what is born after cgroup.kill is killed, what joins lives")
TEST(killed_cgroup_takes_children_again, NATIVE, "A cgroup that was killed takes children again")
TEST(caller_in_a_killed_cgroup_can_use_another_one, NATIVE,
     "So does another one, if that of the caller was killed")
TEST(child_that_joins_has_attributes_of_its_own, NATIVE,
     "A child that joins it has an oom score and ids of its own")
TEST(failure_of_a_child_that_joins_leaves_nothing, NATIVE,
     "Error and death at any step of a child that joins leave nothing")
TEST(child_killed_before_it_joins_is_not_brought_back, NATIVE,
     "A child killed before it joins is a failure, and is not brought back")
TEST(cgroup_that_can_not_be_joined_is_an_error, NATIVE, "A cgroup that is gone when it is joined is ENODEV")
TEST(cgroup_frozen_while_it_is_joined_holds_nobody, NATIVE,
     "One that is frozen while it is joined is EBUSY, and holds up nobody")
TEST(cgroup_frozen_for_a_moment_delays_a_launch, NATIVE, "A short freeze delays the launch")
TEST(cgroup_is_joined_without_robust_futexes, NATIVE, "It is joined also where robust futexes are forbidden")

TEST(full_table_is_emfile_and_one_free_number_is_enough, NATIVE,
     "A full table is EMFILE; one free number is enough")
TEST(close_by_proc_works_in_a_full_table, NATIVE, "The seal by /proc works in a full table")
TEST(limit_of_processes_is_eagain, NATIVE, "At the limit of processes the clone is EAGAIN")
TEST(probe_does_not_use_up_a_new_pid_namespace, NATIVE, "A new PID namespace is not used up by a probe")
TEST(probe_does_not_use_up_a_threads_pid_namespace, NATIVE, "Nor is one that a single thread has made")
TEST(launch_into_a_new_time_namespace, NATIVE, "A child can be launched into a new time namespace")
TEST(launch_in_a_user_namespace, NATIVE, "A child can be launched in a user namespace without mappings")
TEST(orphan_of_a_killed_caller_holds_nothing_else, NATIVE,
     "The orphan of a caller killed in the window holds what it was given")

TEST(cloexec_marks_and_lists_what_lacked_it, ANYWHERE,
     "Close-on-exec is set on all from 3 up, and those that lacked it are listed")
TEST(cloexec_above_a_lowered_limit, ANYWHERE, "Also above a lowered limit")
TEST(cloexec_without_close_range, NATIVE, "Also without close_range")
TEST(cloexec_without_proc, NATIVE, "Also without /proc")
TEST(cloexec_without_listing, NATIVE, "Also where /proc/self/fd can't be listed")
TEST(cloexec_without_listing_and_close_range_is_an_error, NATIVE, "Without that and close_range it is ENOSYS")
TEST(cloexec_without_a_free_number_names_open, ANYWHERE, "Without a free number it is EMFILE, of open")
TEST(cloexec_without_both_is_an_error, NATIVE, "Without both it is ENOSYS")

TEST(launches_in_chaos, NATIVE,
     "Amid storms of open, dup2, fork and signals each child holds what it was given")
TEST(trace_shows_neither_memory_nor_table_copied, NATIVE,
     "strace shows a launch that copies neither memory nor table")
TEST(trace_shows_a_look_at_each_handler_where_it_is_needed, NATIVE,
     "strace shows a look at each handler only where the kernel has not reset them")
TEST(trace_shows_probes_that_share_memory, NATIVE, "strace shows probes that share the memory")
TEST(trace_shows_probes_that_copy_memory_on_an_old_kernel, NATIVE,
     "strace shows probes that copy it where a death would take the caller along")
TEST(trace_shows_mail_for_high_sources_only, NATIVE,
     "strace shows mail for sources above the lowest part of the table, and for no others")
TEST(trace_shows_memory_copied_when_ids_change, NATIVE,
     "strace shows that memory is copied when ids change, the table not")
