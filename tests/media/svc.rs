//! H.264 with scalable layers (SVC), as video calls send it.

use std::path::Path;

use afterimage::media::codec::h264::Reader;

use crate::clips::{ffmpeg, path};
use crate::slices::{video_packets, x264};

/// A stream with start codes, to which a prefix unit of SVC (ITU-T H.264, 7.3.2.12 and G.7.3.1.1) is added before each slice,
/// as video calls send it, and after it a slice of a second layer, which decoders of one layer ignore.
fn with_units_of_svc(stream: &[u8]) -> Vec<u8> {
    let starts: Vec<usize> =
        (0..stream.len().saturating_sub(3)).filter(|&at| stream[at..at + 3] == [0, 0, 1]).collect();
    let mut out = Vec::new();
    for (n, &start) in starts.iter().enumerate() {
        // A zero before a start code belongs to it.
        let end = starts.get(n + 1).map_or(stream.len(), |&next| next - usize::from(stream[next - 1] == 0));
        let unit = &stream[start + 3..end];
        let (reference, unit_type) = (unit[0] & 0x60, unit[0] & 0x1f);
        let is_slice = matches!(unit_type, 1 | 5);
        let extension = [0x80 | u8::from(unit_type == 5) << 6, 0x80, 0x07];
        if is_slice {
            let body: &[u8] = if reference == 0 { &[] } else { &[0x20] };
            out.extend([&[0, 0, 0, 1, reference | 0x0e], &extension[..], body].concat());
        }
        out.extend([&[0, 0, 0, 1], unit].concat());
        if is_slice {
            out.extend(
                [&[0, 0, 0, 1, reference | 0x14], &[extension[0], 0x90, 0x07][..], &[0xb8, 0x55]].concat(),
            );
        }
    }
    out
}

#[test]
fn prefix_units_and_layers_of_svc_do_not_change_the_slices_of_the_first_layer() {
    let plain = x264("svc-plain.h264", "slices=3:ref=2:keyint=10", &["-profile:v", "baseline", "-f", "h264"]);
    let stream = path("svc.h264");
    let bytes = std::fs::read(&plain).expect("the stream");
    std::fs::write(&stream, with_units_of_svc(&bytes)).expect("room for a stream");
    // In a container: FFmpeg does not recognize a bare stream with so many units of unknown types.
    let [plain, layered] = [(&plain, "svc-plain.mkv"), (&stream, "svc.mkv")].map(|(stream, name)| {
        let to = path(name);
        let [from, to_name] = [stream, &to].map(|path| path.to_str().expect("text"));
        ffmpeg(["-f", "h264", "-i", from, "-c", "copy", to_name], &[]);
        to
    });
    let slices = |path: &Path| {
        let (extradata, packets) = video_packets(path);
        let mut reader = Reader::new(&extradata).expect("extra data");
        let (mut slices, mut types) = (Vec::new(), Vec::new());
        for packet in &packets {
            for unit in reader.units(packet) {
                let unit = unit.expect("a unit");
                types.push(unit.unit_type);
                if let Some(data) = unit.slice_data() {
                    slices.push((unit.slice, packet[data].to_vec()));
                }
            }
        }
        (slices, types)
    };
    let ((plain_slices, _), (layered_slices, types)) = (slices(&plain), slices(&layered));
    assert_eq!(plain_slices.len(), 90);
    assert!(plain_slices == layered_slices);
    let count = |wanted: i64| types.iter().filter(|&&it| i64::from(it) == wanted).count();
    assert_eq!((count(14), count(20)), (90, 90));
    // The pictures are the same, because a decoder ignores the added units.
    let decoded = |from: &Path, name: &str| {
        let to = path(name);
        let [from, to_name] = [from, &to].map(|path| path.to_str().expect("text"));
        ffmpeg(["-i", from, "-f", "framemd5", "-y", to_name], &[]);
        std::fs::read(to).expect("digests")
    };
    assert!(decoded(&plain, "svc-plain.md5") == decoded(&layered, "svc.md5"));
}
