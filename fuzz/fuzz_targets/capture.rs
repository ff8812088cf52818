//! A capture of any content, and a keys file and an SDP of any content: streams are listed and opened, or an error.

#![no_main]

use std::fs;
use std::ops::ControlFlow;

use afterimage::media::capture::{self, CaptureKeys, CapturedStream};
use afterimage::media::{self, Limits, Source};
use afterimage::payload::MessageReader;
use afterimage::picture::layout::Layout;
use afterimage::runtime::pool::Pool;
use libfuzzer_sys::fuzz_target;

/// Small limits, so that many inputs run.
const LIMITS: Limits = Limits { side: 1024, pixels: 1 << 18 };

const SDP: &str = "m=video 40000 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n";

fuzz_target!(|input: (&[u8], Option<&str>, Option<&str>)| {
    let (bytes, sdp, keys) = input;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).expect("a temporary file");
        path
    };
    let plain = CapturedStream::of(write("capture", bytes));
    let sdp = Some(write("sdp", sdp.unwrap_or(SDP).as_bytes()));
    let keys = keys.map(|keys| CaptureKeys::File(write("keys", keys.as_bytes())));
    let described = CapturedStream { sdp, keys, ..plain.clone() };
    for captured in [plain, described] {
        if let Ok(info) = capture::info(&captured, &mut |_| ControlFlow::Continue(())) {
            let packets: u64 = info.streams.iter().map(|stream| stream.packets).sum();
            assert!(packets <= info.udp_datagrams);
        }
        let source = Source::Capture(captured);
        if let Ok(mut reader) = MessageReader::open_own(&source, None, LIMITS, None, &|| true) {
            while let Ok(Some(packet)) = reader.next_packet() {
                assert_eq!(packet.cut.messages.len(), 1);
            }
        }
        let Ok(mut reader) = media::open(&source, Layout::YUV420P, LIMITS, &Pool::default()) else { continue };
        for _ in 0..8 {
            let Ok(Some(frame)) = reader.next_frame() else { break };
            assert_eq!(frame.bytes.len(), Layout::YUV420P.frame_bytes(frame.shape));
        }
    }
});
