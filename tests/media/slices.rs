//! Slices of H.264 and HEVC and the lengths of their headers, against FFmpeg's `trace_headers`.

use std::path::{Path, PathBuf};

use afterimage::media::codec::h264::{Reader, SliceType, Structure, Unit};
use afterimage::media::codec::hevc;
use afterimage::media::container::{Packets, StreamKind};
use afterimage::media::{Limits, Source};

use crate::clips::{encode, footage, path};
use crate::made;
use crate::trace::{self, trace};

/// The extra data of the video of a file and the bytes of its packets.
pub fn video_packets(path: &Path) -> (Vec<u8>, Vec<Vec<u8>>) {
    let mut packets =
        Packets::open(&Source::File(path.to_owned()), Limits::default()).unwrap_or_else(|it| panic!("{it}"));
    let video = packets.streams().iter().find(|stream| stream.kind == StreamKind::Video).expect("a video");
    let (video, extradata) = (video.index, video.extradata.clone());
    let mut all = Vec::new();
    while let Some(packet) = packets.next_packet().expect("readable") {
        if packet.stream == video {
            all.push(packet.bytes.to_vec());
        }
    }
    (extradata, all)
}

/// The number of bytes of a unit that hold this many bits, including bytes that prevent start codes.
fn whole_bytes(unit: &[u8], bits: usize) -> usize {
    let (mut bytes, mut kept) = (0, 0);
    while kept < bits.div_ceil(8) {
        let is_prevention = bytes >= 2 && unit[bytes - 2..=bytes] == [0, 0, 3];
        kept += usize::from(!is_prevention);
        bytes += 1;
    }
    bytes
}

/// What a file contains.
#[derive(Debug, Default)]
struct Contents {
    slices: usize,
    types: Vec<SliceType>,
    structures: Vec<Structure>,
    unit_types: Vec<u8>,
    /// Slices whose header has a byte that prevents a start code.
    escaped: usize,
}

impl Contents {
    fn add(&mut self, unit: &Unit, bits: usize) {
        let Some(slice) = unit.slice else { return };
        self.slices += 1;
        self.types.push(slice.slice_type);
        self.structures.push(slice.structure);
        self.escaped += usize::from(slice.header_bytes > bits.div_ceil(8));
    }
}

/// Asserts that the units of a file are where the filter finds them, and that every slice has the values that the filter
/// reads.
fn check(path: &Path) -> Contents {
    let (extradata, packets) = video_packets(path);
    let trace = trace(path);
    let mut reader = Reader::new(&extradata).expect("extra data");
    let mut found = Contents::default();
    assert_eq!(packets.len(), trace.packets.len(), "{}", path.display());
    for (n, (packet, traced)) in packets.iter().zip(&trace.packets).enumerate() {
        let units: Vec<Unit> = reader.units(packet).collect::<Result<_, _>>().expect("units");
        let place = format!("packet {n} of {}", path.display());
        assert!(traced.is_part_of(units.len()), "{place}");
        let is_whole = !traced.is_cut;
        let mut end = 0;
        for (unit, traced) in units.iter().zip(&traced.units) {
            found.unit_types.push(unit.unit_type);
            assert_eq!(Some(i64::from(unit.unit_type)), traced.value("nal_unit_type"), "{place}");
            assert!(
                packet[end..unit.range.start].len() <= 4,
                "only a length or a start code precedes a unit: {place}"
            );
            end = unit.range.end;
            assert_eq!(unit.slice.is_some(), traced.value("first_mb_in_slice").is_some(), "{place}");
            check_slice(&packet[unit.range.clone()], unit, traced, &place);
            found.add(unit, traced.header_bits());
        }
        let is_end = packet[end..].iter().all(|&byte| byte == 0);
        assert!(is_end || !is_whole, "all units were found: {place}");
    }
    found
}

/// Asserts that a slice has the values that the filter reads.
fn check_slice(bytes: &[u8], unit: &Unit, traced: &trace::Unit, place: &str) {
    let Some(slice) = unit.slice else { return };
    let value = |name| traced.value(name).unwrap_or(0);
    let slice_type = [SliceType::P, SliceType::B, SliceType::I, SliceType::Sp, SliceType::Si]
        [usize::try_from(value("slice_type") % 5).expect("small")];
    assert_eq!(i64::from(slice.first_macroblock), value("first_mb_in_slice"), "{place}");
    assert_eq!(slice.slice_type, slice_type, "{place}");
    let is_field = matches!(slice.structure, Structure::TopField | Structure::BottomField);
    assert_eq!(i64::from(is_field), value("field_pic_flag"), "{place}");
    assert_eq!(i64::from(slice.structure == Structure::BottomField), value("bottom_field_flag"), "{place}");
    assert_eq!(slice.is_redundant, value("redundant_pic_cnt") > 0, "{place}");
    assert_eq!(slice.header_bytes, whole_bytes(bytes, traced.header_bits()), "{place}");
    let data = unit.slice_data().expect("a slice");
    assert_eq!(data, unit.range.start + slice.header_bytes..unit.range.end, "{place}");
}

/// Frames of the counter, encoded by x264 with these parameters.
pub fn x264(name: &str, parameters: &str, more: &[&str]) -> PathBuf {
    let options = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-x264-params", parameters];
    encode(name, 30, &[&options, more].concat())
}

#[test]
fn slices_with_b_frames_and_weights_are_read_as_the_filter_reads_them() {
    let found = check(&x264("slices.mp4", "slices=4:bframes=3:ref=5:weightp=2:keyint=12:scenecut=0", &[]));
    assert_eq!(found.slices, 120);
    assert!([SliceType::I, SliceType::P, SliceType::B].iter().all(|it| found.types.contains(it)));
    // B-frames as references: marking operations and reordered lists of references.
    check(&x264("slices-pyramid.mkv", "bframes=5:b-pyramid=normal:ref=8:weightb=1:direct=auto", &[]));
}

#[test]
fn slices_of_the_baseline_profile_with_start_codes_are_read_as_the_filter_reads_them() {
    let baseline = ["-profile:v", "baseline", "-f", "h264"];
    let found = check(&x264("slices.h264", "slices=3:ref=3:aud=1:keyint=10", &baseline));
    assert!(found.unit_types.contains(&9), "delimiters");
    assert_eq!(found.slices, 90);
    check(&x264("slices-small.h264", "cabac=0:slice-max-size=300:bframes=2", &["-f", "h264"]));
}

#[test]
fn slices_of_interlaced_frames_are_read_as_the_filter_reads_them() {
    let found = check(&x264("slices-pairs.ts", "interlaced=1:tff=1:slices=2:bframes=2", &["-f", "mpegts"]));
    assert!(found.structures.iter().all(|&it| it == Structure::FrameOfPairs));
    let found = check(&x264("slices-fake.mp4", "fake-interlaced=1:slices=2", &[]));
    assert!(found.structures.iter().all(|&it| it == Structure::Frame));
}

#[test]
fn slices_of_other_profiles_are_read_as_the_filter_reads_them() {
    for (name, pixel_format, parameters) in [
        ("slices-444.mkv", "yuv444p", "slices=2"),
        ("slices-422.mkv", "yuv422p10le", "slices=2:interlaced=1"),
        ("slices-grey.mkv", "gray", "slices=2:weightp=2:bframes=2"),
        ("slices-lossless.mkv", "yuv420p", "qp=0:slices=2"),
        ("slices-matrices.mkv", "yuv420p", "cqm=jvt:no-deblock=1:slices=2"),
        ("slices-rate.mkv", "yuv420p", "nal-hrd=cbr:vbv-maxrate=300:vbv-bufsize=300:bitrate=300:filler=1"),
        ("slices-refresh.mkv", "yuv420p", "intra-refresh=1:slices=2:bframes=0"),
    ] {
        let options = ["-c:v", "libx264", "-pix_fmt", pixel_format, "-x264-params", parameters];
        assert!(check(&encode(name, 20, &options)).slices >= 20, "{name}");
    }
}

#[test]
fn slices_of_real_footage_are_read_as_the_filter_reads_them() {
    assert!(check(&footage()).slices > 10);
}

#[test]
fn slices_of_random_h264_streams_are_read_as_the_filter_reads_them() {
    let mut all = Contents::default();
    for seed in 0..12 {
        let file = path(&format!("made-{seed}.h264"));
        std::fs::write(&file, made::h264::stream(seed, 60)).expect("room for a stream");
        let found = check(&file);
        all.slices += found.slices;
        all.escaped += found.escaped;
        all.types.extend(found.types);
        all.structures.extend(found.structures);
    }
    assert!(all.slices > 1000, "{}", all.slices);
    assert!(all.escaped > 50, "{} headers have bytes that prevent start codes", all.escaped);
    for slice_type in [SliceType::P, SliceType::B, SliceType::I, SliceType::Sp, SliceType::Si] {
        assert!(all.types.contains(&slice_type), "{slice_type:?}");
    }
    for structure in [Structure::Frame, Structure::FrameOfPairs, Structure::TopField, Structure::BottomField]
    {
        assert!(all.structures.contains(&structure), "{structure:?}");
    }
}

/// Asserts that the units of HEVC in a file are where the filter finds them, and that slices have the values that the filter
/// reads. Returns the number of slice segments, of dependent ones, and of headers with a byte that prevents a start code.
fn check_hevc(path: &Path) -> [usize; 3] {
    let (extradata, packets) = video_packets(path);
    let trace = trace(path);
    let mut reader = hevc::Reader::new(&extradata).expect("extra data");
    let mut found = [0; 3];
    assert_eq!(packets.len(), trace.packets.len(), "{}", path.display());
    for (n, (packet, traced)) in packets.iter().zip(&trace.packets).enumerate() {
        let place = format!("packet {n} of {}", path.display());
        let units: Vec<hevc::Unit> = reader.units(packet).collect::<Result<_, _>>().expect(&place);
        assert!(traced.is_part_of(units.len()), "{place}");
        for slice in units.iter().filter_map(|unit| unit.slice) {
            found = [found[0] + 1, found[1] + usize::from(slice.is_dependent), found[2]];
        }
        for (unit, traced) in units.iter().zip(&traced.units) {
            assert_eq!(Some(i64::from(unit.unit_type)), traced.value("nal_unit_type"), "{place}");
            let first = traced.value("first_slice_segment_in_pic_flag");
            assert_eq!(unit.slice.map(|slice| i64::from(slice.is_first)), first, "{place}");
            let Some(slice) = unit.slice else { continue };
            assert_eq!(
                i64::from(slice.address),
                traced.value("slice_segment_address").unwrap_or(0),
                "{place}"
            );
            let dependent = traced.value("dependent_slice_segment_flag").unwrap_or(0);
            assert_eq!(i64::from(slice.is_dependent), dependent, "{place}");
            let bits = traced.header_bits();
            assert_eq!(slice.header_bytes, whole_bytes(&packet[unit.range.clone()], bits), "{place}");
            let data = unit.range.start + slice.header_bytes..unit.range.end;
            assert_eq!(unit.slice_data(), Some(data), "{place}");
            found[2] += usize::from(slice.header_bytes > bits.div_ceil(8));
        }
    }
    found
}

#[test]
fn slice_segments_of_hevc_are_read_as_the_filter_reads_them() {
    for (name, pixel_format, parameters) in [
        ("segments.mkv", "yuv420p", "slices=3:bframes=3:ref=4:keyint=12:weightb=1:b-pyramid=1"),
        ("segments-rows.mkv", "yuv420p", "wpp=1:ctu=16:bframes=2"),
        ("segments-444.mkv", "yuv444p10le", "slices=2:no-sao=1:deblock=1,1:cbqpoffs=2"),
        ("segments-grey.mkv", "gray", "slices=2:scaling-list=default:tskip=1"),
        ("segments.hevc", "yuv420p", "slices=2:keyint=10:bframes=3:aud=1"),
    ] {
        let parameters = format!("log-level=0:{parameters}");
        let options = ["-c:v", "libx265", "-pix_fmt", pixel_format, "-x265-params", &parameters];
        assert!(check_hevc(&encode(name, 25, &options))[0] >= 25, "{name}");
    }
}

#[test]
fn slice_segments_of_random_hevc_streams_are_read_as_the_filter_reads_them() {
    let mut all = [0; 3];
    for seed in 0..12 {
        let file = path(&format!("made-{seed}.hevc"));
        std::fs::write(&file, made::hevc::stream(seed, 60)).expect("room for a stream");
        all.iter_mut().zip(check_hevc(&file)).for_each(|(all, found)| *all += found);
    }
    assert!(
        all[0] > 1000 && all[1] > 50 && all[2] > 50,
        "segments, dependent ones, escaped headers: {all:?}"
    );
}
