//! The memory of a reader does not grow with the number of frames read.

use std::process::Command;

use afterimage::media::Frames;
use afterimage::picture::layout::Layout;
use afterimage::units::FrameIndex;

use super::clips;

/// If this variable is set, the test reads the clip that it names many times and prints by how much its memory grew.
const CHILD: &str = "AFTERIMAGE_TEST_READS_ON";

/// Frames in the clip.
const FRAMES: u64 = 25;

#[test]
fn reading_many_times_needs_no_more_memory() {
    if let Some(clip) = std::env::var_os(CHILD) {
        let mut reader = clips::reader(clip.as_ref(), Layout::GRAY8);
        read(&mut *reader, 10);
        let before = resident_bytes();
        read(&mut *reader, 40);
        println!("grew by {}", resident_bytes().saturating_sub(before));
        return;
    }
    // Noise: its encoded packets are about as large as its decoded frames.
    let noise = format!("color=gray:s=320x240:r=25,noise=alls=100:allf=t,trim=end_frame={FRAMES}");
    let clip = clips::path("noise.avi");
    let output = ["-f", "lavfi", "-i", &noise, "-c:v", "mjpeg", "-q:v", "2"].map(std::ffi::OsStr::new);
    clips::ffmpeg(output.into_iter().chain([clip.as_os_str()]), &[]);
    let read = 40 * std::fs::metadata(&clip).expect("the clip").len();
    if !cfg!(target_os = "linux") {
        return;
    }
    // In a separate process, so that the memory of other tests is not counted.
    let program = std::env::current_exe().expect("the test's own program");
    let name = "memory::reading_many_times_needs_no_more_memory";
    let child = Command::new(program).args(["--exact", name, "--nocapture"]).env(CHILD, &clip).output();
    let output = String::from_utf8(child.expect("the test starts").stdout).expect("text");
    let grew = output.lines().find_map(|line| line.split("grew by ").nth(1)?.parse::<u64>().ok());
    let grew = grew.unwrap_or_else(|| panic!("the output states the growth: {output}"));
    assert!(read > 20 << 20, "{read} bytes are enough to notice growth");
    assert!(grew < read / 4, "the memory grew by {grew} bytes while {read} bytes were read");
}

/// Reads a clip from start to end this many times.
fn read(reader: &mut dyn Frames, times: u64) {
    for _ in 0..times {
        reader.seek(FrameIndex(0)).expect("the first frame");
        assert_eq!(clips::rest(reader).len() as u64, FRAMES);
    }
}

/// The resident memory of this process, as Linux reports it.
fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next());
    kib.and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) * 1024
}
