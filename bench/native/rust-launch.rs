//! rust-launch, and what sampler.h says
//!
//! Times std::process::Command and the end of the program. Nothing is closed: what is open is close-on-exec.

use std::env;
use std::fs::File;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const WARM_UP: u32 = 10;
const MEGABYTE: usize = 1 << 20;
const REST: Duration = Duration::from_millis(100);

fn start(program: &str) -> Child {
    Command::new(program).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect(program)
}

fn end_of(mut child: Child) -> i32 {
    child.wait().expect("wait").code().expect("killed")
}

fn timed_launch(target: &str) -> (Duration, Duration) {
    let begin = Instant::now();
    let child = start(target);
    let blocked = begin.elapsed();
    assert_eq!(end_of(child), 0, "{target}");
    (blocked, begin.elapsed())
}

fn print_list(name: &str, times: impl Iterator<Item = Duration>) {
    let list: Vec<String> = times.map(|time| time.as_nanos().to_string()).collect();
    print!(",\"{name}\":[{}]", list.join(","));
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let number = |index: usize| arguments[index].parse::<usize>().expect("a number");
    let (witness, target) = (&arguments[2], &arguments[3]);
    let samples = number(4);
    let _descriptors: Vec<File> = (0..number(0)).map(|_| File::open("/dev/null").expect("/dev/null")).collect();
    let _memory: Vec<Vec<u8>> = (0..number(1)).map(|_| vec![1; MEGABYTE]).collect();
    thread::sleep(REST);

    print!("{{\"leaks\":{}", end_of(start(witness)));
    for _ in 0..WARM_UP {
        timed_launch(target);
    }
    let end = Instant::now() + Duration::from_millis(number(5) as u64);
    let mut times = vec![timed_launch(target)];
    while times.len() < samples && Instant::now() < end {
        times.push(timed_launch(target));
    }
    print_list("blocked", times.iter().map(|time| time.0));
    print_list("ended", times.iter().map(|time| time.1));
    println!("}}");
}
