//! NAL units, OBUs and the parameter sets in extra data, against FFmpeg's `trace_headers`.

use std::path::Path;

use afterimage::media::codec::nal::{self, NalStream, Syntax};
use afterimage::media::codec::obu;

use crate::clips::encode;
use crate::slices::video_packets;
use crate::trace::{Unit, trace};

/// The types of units.
fn types(units: &[Unit], name: &str) -> Vec<i64> {
    units.iter().map(|unit| unit.value(name).expect("a type")).collect()
}

/// Asserts that the NAL units of a file are those that the filter reads. Returns their types.
fn check_nal(path: &Path, syntax: Syntax) -> Vec<u8> {
    let (extradata, packets) = video_packets(path);
    let trace = trace(path);
    let unit_type = |bytes: &[u8]| syntax.unit_type(bytes[0]);
    let sets = nal::parameter_sets(syntax, &extradata).expect("extra data");
    let found: Vec<i64> = sets.iter().map(|it| i64::from(unit_type(&extradata[it.clone()]))).collect();
    assert_eq!(found, types(&trace.extradata, "nal_unit_type"), "{}", path.display());
    let stream = NalStream::read(syntax, &extradata).expect("extra data");
    let mut all = Vec::new();
    for (packet, traced) in packets.iter().zip(&trace.packets) {
        let units: Vec<_> = stream.units(packet).collect::<Result<_, _>>().expect("units");
        let found: Vec<u8> = units.iter().map(|it| unit_type(&packet[it.clone()])).collect();
        let numbers: Vec<i64> = found.iter().copied().map(i64::from).collect();
        assert!(traced.is_part_of(numbers.len()), "{}", path.display());
        let read = &numbers[..traced.units.len()];
        assert_eq!(read, types(&traced.units, "nal_unit_type"), "{}", path.display());
        for (unit_type, traced) in found.iter().zip(&traced.units) {
            let is_slice = traced.value("first_slice_segment_in_pic_flag").is_some()
                || traced.value("first_mb_in_slice").is_some();
            assert_eq!(syntax.is_slice(*unit_type), is_slice, "{unit_type} in {}", path.display());
            // The payload begins where the header of the unit ends.
            let header = traced.0.iter().rfind(|it| it.place < syntax.header_bytes() * 8).expect("a header");
            assert_eq!(header.place + header.bits, syntax.header_bytes() * 8, "{}", path.display());
        }
        assert!(stream.is_whole(packet), "{}", path.display());
        all.extend(found);
    }
    assert_eq!(packets.len(), trace.packets.len(), "{}", path.display());
    all
}

#[test]
fn the_nal_units_of_hevc_are_those_of_the_filter() {
    let options = ["-c:v", "libx265", "-pix_fmt", "yuv420p", "-x265-params"];
    let parameters = "log-level=0:slices=2:keyint=10:bframes=3:aud=1";
    for (name, more) in
        [("units.mkv", &[][..]), ("units.hevc", &["-f", "hevc"]), ("units.mp4", &["-tag:v", "hvc1"])]
    {
        let path = encode(name, 25, &[&options[..], &[parameters], more].concat());
        let types = check_nal(&path, Syntax::Hevc);
        assert!(types.contains(&35), "delimiters: {name}");
        assert!(types.iter().any(|&it| Syntax::Hevc.is_key(it)), "{name}");
        let sets = types.iter().filter(|&&it| Syntax::Hevc.is_parameter_set(it)).count();
        assert_eq!(
            sets > 0,
            name == "units.hevc",
            "only the packets of a bare stream have parameter sets: {name}"
        );
    }
}

#[test]
fn the_nal_units_of_h264_are_those_of_the_filter() {
    let options = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-x264-params", "slices=2:keyint=10"];
    for (name, more) in [("units-h264.mkv", &[][..]), ("units.h264", &["-f", "h264"])] {
        let types = check_nal(&encode(name, 25, &[&options[..], more].concat()), Syntax::H264);
        assert!(types.iter().any(|&it| Syntax::H264.is_key(it)), "{name}");
        let sets = types.iter().filter(|&&it| Syntax::H264.is_parameter_set(it)).count();
        assert_eq!(sets > 0, name == "units.h264", "{name}");
    }
}

#[test]
fn the_obus_of_av1_are_those_of_the_filter() {
    let options = ["-c:v", "libaom-av1", "-cpu-used", "8", "-pix_fmt", "yuv420p", "-lag-in-frames", "10"];
    let mut all = Vec::new();
    for (name, more) in [("units-av1.mkv", &[][..]), ("units-av1.ivf", &[]), ("units-av1.obu", &[])] {
        let path = encode(name, 12, &[&options[..], more].concat());
        let (_, packets) = video_packets(&path);
        let trace = trace(&path);
        assert_eq!(packets.len(), trace.packets.len(), "{name}");
        for (packet, traced) in packets.iter().zip(&trace.packets) {
            let units: Vec<_> = obu::units(packet).collect::<Result<_, _>>().expect("units");
            let found: Vec<i64> = units.iter().map(|unit| i64::from(unit.obu_type)).collect();
            assert_eq!(found, types(&traced.units, "obu_type"), "{name}");
            let sizes: Vec<i64> =
                units.iter().map(|unit| unit.payload().len().try_into().expect("small")).collect();
            assert_eq!(sizes, types(&traced.units, "obu_size"), "{name}");
            assert_eq!(units.last().map(|unit| unit.range.end), Some(packet.len()), "{name}");
            all.extend(found);
        }
    }
    for obu_type in [1, 2, 6] {
        assert!(all.contains(&obu_type), "sequence headers, delimiters and frames: {all:?}");
    }
}
