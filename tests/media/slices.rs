//! Slices of H.264 and HEVC are found where FFmpeg's `trace_headers` reads them, and their headers are as long.

use std::path::{Path, PathBuf};

use afterimage::media::codec::h264::{Reader, SliceType, Structure, Unit};
use afterimage::media::codec::hevc;
use afterimage::media::container::{Packets, StreamKind};
use afterimage::media::{Limits, Source};

use crate::clips::{encode, ffmpeg, footage, path};
use crate::made;
use crate::trace::{self, trace};

/// The extra data of a file's video and the bytes of its packets.
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

/// Bytes of a unit that hold so many bits, and what prevents start codes between them.
fn whole_bytes(unit: &[u8], bits: usize) -> usize {
    let (mut bytes, mut kept) = (0, 0);
    while kept < bits.div_ceil(8) {
        let prevents = bytes >= 2 && unit[bytes - 2..=bytes] == [0, 0, 3];
        kept += usize::from(!prevents);
        bytes += 1;
    }
    bytes
}

/// What was met in a file.
#[derive(Debug, Default)]
struct Met {
    slices: usize,
    types: Vec<SliceType>,
    structures: Vec<Structure>,
    unit_types: Vec<u8>,
    /// Slices whose header holds a byte that prevents a start code.
    escaped: usize,
}

impl Met {
    fn note(&mut self, unit: &Unit, bits: usize) {
        let Some(slice) = unit.slice else { return };
        self.slices += 1;
        self.types.push(slice.slice_type);
        self.structures.push(slice.structure);
        self.escaped += usize::from(slice.header_bytes > bits.div_ceil(8));
    }
}

/// Every unit of a file is where the filter finds one, and every slice says what the filter reads in it.
fn check(path: &Path) -> Met {
    let (extradata, packets) = video_packets(path);
    let trace = trace(path);
    let mut reader = Reader::new(&extradata).expect("extra data");
    let mut met = Met::default();
    assert_eq!(packets.len(), trace.packets.len(), "{}", path.display());
    for (n, (packet, traced)) in packets.iter().zip(&trace.packets).enumerate() {
        let units: Vec<Unit> = reader.units(packet).collect::<Result<_, _>>().expect("units");
        let place = format!("packet {n} of {}", path.display());
        assert!(traced.is_part_of(units.len()), "{place}");
        let is_whole = !traced.is_cut;
        let mut end = 0;
        for (unit, traced) in units.iter().zip(&traced.units) {
            met.unit_types.push(unit.unit_type);
            assert_eq!(Some(i64::from(unit.unit_type)), traced.value("nal_unit_type"), "{place}");
            assert!(
                packet[end..unit.range.start].len() <= 4,
                "nothing but what stands before a unit: {place}"
            );
            end = unit.range.end;
            assert_eq!(unit.slice.is_some(), traced.value("first_mb_in_slice").is_some(), "{place}");
            check_slice(&packet[unit.range.clone()], unit, traced, &place);
            met.note(unit, traced.header_bits());
        }
        let is_end = packet[end..].iter().all(|&byte| byte == 0);
        assert!(is_end || !is_whole, "all units were found: {place}");
    }
    met
}

/// A slice says what the filter reads in it.
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

/// Frames of the counter by x264 with these parameters.
fn x264(name: &str, parameters: &str, more: &[&str]) -> PathBuf {
    let options = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-x264-params", parameters];
    encode(name, 30, &[&options, more].concat())
}

#[test]
fn several_slices_with_b_frames_and_weights() {
    let met = check(&x264("slices.mp4", "slices=4:bframes=3:ref=5:weightp=2:keyint=12:scenecut=0", &[]));
    assert_eq!(met.slices, 120);
    assert!([SliceType::I, SliceType::P, SliceType::B].iter().all(|it| met.types.contains(it)));
    // Pictures of B frames that others refer to are marked by operations, lists of references put in another order.
    check(&x264("slices-pyramid.mkv", "bframes=5:b-pyramid=normal:ref=8:weightb=1:direct=auto", &[]));
}

#[test]
fn baseline_without_arithmetic_coding_between_start_codes() {
    let baseline = ["-profile:v", "baseline", "-f", "h264"];
    let met = check(&x264("slices.h264", "slices=3:ref=3:aud=1:keyint=10", &baseline));
    assert!(met.unit_types.contains(&9), "delimiters");
    assert_eq!(met.slices, 90);
    check(&x264("slices-small.h264", "cabac=0:slice-max-size=300:bframes=2", &["-f", "h264"]));
}

#[test]
fn interlaced_frames_of_pairs_of_macroblocks() {
    let met = check(&x264("slices-pairs.ts", "interlaced=1:tff=1:slices=2:bframes=2", &["-f", "mpegts"]));
    assert!(met.structures.iter().all(|&it| it == Structure::FrameOfPairs));
    let met = check(&x264("slices-fake.mp4", "fake-interlaced=1:slices=2", &[]));
    assert!(met.structures.iter().all(|&it| it == Structure::Frame));
}

#[test]
fn other_profiles_and_what_they_state() {
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
fn real_footage() {
    assert!(check(&footage()).slices > 10);
}

#[test]
fn what_no_encoder_here_writes() {
    let mut all = Met::default();
    for seed in 0..12 {
        let file = path(&format!("made-{seed}.h264"));
        std::fs::write(&file, made::h264::stream(seed, 60)).expect("room for a stream");
        let met = check(&file);
        all.slices += met.slices;
        all.escaped += met.escaped;
        all.types.extend(met.types);
        all.structures.extend(met.structures);
    }
    assert!(all.slices > 1000, "{}", all.slices);
    assert!(all.escaped > 50, "{} headers hold bytes that prevent start codes", all.escaped);
    for slice_type in [SliceType::P, SliceType::B, SliceType::I, SliceType::Sp, SliceType::Si] {
        assert!(all.types.contains(&slice_type), "{slice_type:?}");
    }
    for structure in [Structure::Frame, Structure::FrameOfPairs, Structure::TopField, Structure::BottomField]
    {
        assert!(all.structures.contains(&structure), "{structure:?}");
    }
}

/// Every unit of HEVC in a file is where the filter finds one, and slices say what the filter reads in them. Gives how
/// many slice segments there are, how many of them are dependent and how many headers hold a byte that prevents a start
/// code.
fn check_hevc(path: &Path) -> [usize; 3] {
    let (extradata, packets) = video_packets(path);
    let trace = trace(path);
    let mut reader = hevc::Reader::new(&extradata).expect("extra data");
    let mut met = [0; 3];
    assert_eq!(packets.len(), trace.packets.len(), "{}", path.display());
    for (n, (packet, traced)) in packets.iter().zip(&trace.packets).enumerate() {
        let place = format!("packet {n} of {}", path.display());
        let units: Vec<hevc::Unit> = reader.units(packet).collect::<Result<_, _>>().expect(&place);
        assert!(traced.is_part_of(units.len()), "{place}");
        for slice in units.iter().filter_map(|unit| unit.slice) {
            met = [met[0] + 1, met[1] + usize::from(slice.is_dependent), met[2]];
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
            met[2] += usize::from(slice.header_bytes > bits.div_ceil(8));
        }
    }
    met
}

#[test]
fn slice_segments_of_hevc() {
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
fn what_no_encoder_of_hevc_here_writes() {
    let mut all = [0; 3];
    for seed in 0..12 {
        let file = path(&format!("made-{seed}.hevc"));
        std::fs::write(&file, made::hevc::stream(seed, 60)).expect("room for a stream");
        all.iter_mut().zip(check_hevc(&file)).for_each(|(all, met)| *all += met);
    }
    assert!(
        all[0] > 1000 && all[1] > 50 && all[2] > 50,
        "segments, dependent ones, escaped headers: {all:?}"
    );
}

/// A stream between start codes with a prefix unit of SVC (ITU-T H.264, 7.3.2.12 and G.7.3.1.1) before each slice, as
/// telephones and conferences send it, and after it a slice of a second layer, which decoders of one layer pass over.
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
fn prefix_units_and_layers_of_svc_leave_the_slices_of_the_first_layer_as_they_are() {
    let plain = x264("svc-plain.h264", "slices=3:ref=2:keyint=10", &["-profile:v", "baseline", "-f", "h264"]);
    let stream = path("svc.h264");
    let bytes = std::fs::read(&plain).expect("the stream");
    std::fs::write(&stream, with_units_of_svc(&bytes)).expect("room for a stream");
    // In a container: FFmpeg does not recognize a bare stream with so many units of types that it does not know.
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
    // The pictures are the same, too: the units are such as a decoder passes over.
    let decoded = |from: &Path, name: &str| {
        let to = path(name);
        let [from, to_name] = [from, &to].map(|path| path.to_str().expect("text"));
        ffmpeg(["-i", from, "-f", "framemd5", "-y", to_name], &[]);
        std::fs::read(to).expect("digests")
    };
    assert!(decoded(&plain, "svc-plain.md5") == decoded(&layered, "svc.md5"));
}
