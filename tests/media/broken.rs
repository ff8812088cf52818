//! Bytes that are no valid packets: the parsers of `codec` return ranges within them, in order, or an error. Their time is
//! proportional to the number of bytes.

use std::ops::Range;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use afterimage::media::codec::nal::{self, NalStream, Syntax};
use afterimage::media::codec::{h264, hevc, jpeg, obu, prores};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::clips::encode;
use crate::made;
use crate::slices::video_packets;

/// Asserts that ranges are in order and within this many bytes. Returns their number.
fn check(ranges: impl Iterator<Item = Range<usize>>, bytes: usize) -> usize {
    let (mut end, mut count) = (0, 0);
    for range in ranges {
        assert!(end <= range.start && range.start <= range.end && range.end <= bytes, "{range:?} of {bytes}");
        (end, count) = (range.end, count + 1);
    }
    count
}

/// Reads a packet as one of each codec. Returns the number of pieces found.
fn read_all(extradata: &[u8], packet: &[u8]) -> usize {
    let mut found = 0;
    for syntax in [Syntax::H264, Syntax::Hevc] {
        if let Ok(stream) = NalStream::read(syntax, extradata) {
            found += check(stream.units(packet).flatten(), packet.len());
            let units: Result<Vec<_>, _> = stream.units(packet).collect();
            assert!(units.is_ok() || !stream.is_whole(packet), "a broken packet is not whole");
        }
        if let Ok(sets) = nal::parameter_sets(syntax, extradata) {
            found += check(sets.into_iter(), extradata.len());
        }
    }
    if let Ok(mut reader) = h264::Reader::new(extradata) {
        let units: Vec<h264::Unit> = reader.units(packet).flatten().collect();
        found += check(units.iter().map(|unit| unit.range.clone()), packet.len());
        check(units.iter().filter_map(h264::Unit::slice_data), packet.len());
        let slices: Vec<_> = units.iter().filter_map(|unit| unit.slice).collect();
        for (slice, macroblocks) in slices.iter().zip(h264::macroblocks(&slices)) {
            let all = slice.width_macroblocks * slice.rows_macroblocks;
            assert!(macroblocks.is_none_or(|it| it.start < it.end && it.end <= all), "{slice:?}");
        }
    }
    if let Ok(mut reader) = hevc::Reader::new(extradata) {
        let units: Vec<hevc::Unit> = reader.units(packet).flatten().collect();
        found += check(units.iter().map(|unit| unit.range.clone()), packet.len());
        check(units.iter().filter_map(hevc::Unit::slice_data), packet.len());
    }
    let units: Vec<obu::Obu> = obu::units(packet).flatten().collect();
    found += check(units.iter().map(|unit| unit.range.clone()), packet.len());
    check(units.iter().map(obu::Obu::payload), packet.len());
    if let Ok(slices) = prores::slices(packet) {
        found += check(slices.iter().map(|slice| slice.range.clone()), packet.len());
        check(slices.iter().map(prores::Slice::data), packet.len());
    }
    if let Ok(scans) = jpeg::scans(packet) {
        found += check(scans.intervals.iter().map(|interval| interval.data.clone()), packet.len());
        for interval in &scans.intervals {
            let scan = scans.scans[interval.scan];
            assert!(interval.count > 0 && interval.first + interval.count <= scan.columns * scan.rows);
        }
    }
    found
}

/// Extra data and packets of all codecs.
static PACKETS: LazyLock<Vec<(Vec<u8>, Vec<u8>)>> = LazyLock::new(|| {
    let slices = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-x264-params", "slices=3:bframes=2:weightp=2"];
    let bare = [&slices[..], &["-f", "h264"]].concat();
    let restarts = ["-c:v", "mjpeg", "-slices", "4", "-threads", "4", "-thread_type", "slice"];
    let mut all = Vec::new();
    for (name, options) in [
        ("broken.mp4", &slices[..]),
        ("broken.h264", &bare),
        ("broken.mkv", &["-c:v", "libx265", "-pix_fmt", "yuv420p", "-x265-params", "log-level=0"]),
        ("broken-av1.mkv", &["-c:v", "libaom-av1", "-cpu-used", "8", "-pix_fmt", "yuv420p"]),
        ("broken.mov", &["-c:v", "prores", "-pix_fmt", "yuv422p10le"]),
        ("broken.avi", &restarts),
    ] {
        let (extradata, packets) = video_packets(&encode(name, 4, options));
        all.extend(packets.into_iter().map(|packet| (extradata.clone(), packet)));
    }
    all.extend((0..4).map(|seed| (Vec::new(), made::h264::stream(seed, 8))));
    all.extend((0..4).map(|seed| (Vec::new(), made::hevc::stream(seed, 8))));
    all
});

#[test]
fn packets_with_changed_bytes_give_pieces_within_them_or_an_error() {
    let config = Config { cases: 3000, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let byte = prop_oneof![Just(0u8), Just(0xFF), any::<u8>()];
    // Parsers read mostly the start of a packet.
    let place = prop_oneof![3 => 0..80usize, 1 => any::<usize>()];
    let changes = prop::collection::vec((any::<bool>(), place, byte), 0..12);
    let outcome =
        runner.run(&(any::<prop::sample::Index>(), changes, any::<usize>()), |(which, changes, cut)| {
            let (mut extradata, mut packet) = which.get(&PACKETS).clone();
            for (is_extradata, place, byte) in changes {
                let bytes = if is_extradata { &mut extradata } else { &mut packet };
                if !bytes.is_empty() {
                    let place = place % bytes.len();
                    bytes[place] = byte;
                }
            }
            // One packet in three is truncated.
            if cut % 3 == 0 {
                packet.truncate(cut / 3 % (packet.len() + 1));
            }
            read_all(&extradata, &packet);
            Ok(())
        });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn intact_packets_give_pieces() {
    for (extradata, packet) in &*PACKETS {
        assert!(read_all(extradata, packet) > 0);
    }
}

#[test]
fn the_time_for_a_packet_is_proportional_to_its_size() {
    let (extradata, _) = &PACKETS[0];
    let repeated = |bytes: &[u8]| bytes.iter().copied().cycle().take(4 << 20).collect::<Vec<u8>>();
    let scan = [
        &[0xFF, 0xD8, 0xFF, 0xDD, 0, 4, 0, 1, 0xFF, 0xC0, 0, 11, 8, 0xFF, 0xFF, 0xFF, 0xFF, 1][..],
        &[1, 0x11, 0, 0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0],
    ]
    .concat();
    let started = Instant::now();
    for packet in [
        repeated(&[0]),
        repeated(&[0, 0, 1]),
        repeated(&[0, 0, 1, 0x67]),
        repeated(&[0, 0, 0, 1, 0x65, 0, 0, 3]),
        repeated(&[0, 0, 0, 0, 0]),
        repeated(&[0x0A, 0]),
        repeated(&[0xFF]),
        [&scan[..], &repeated(&[0xFF, 0xD0])].concat(),
        [&scan[..], &repeated(&[0xFF])].concat(),
    ] {
        read_all(&[], &packet);
        read_all(extradata, &packet);
    }
    // This takes about a second. Quadratic time would be hours.
    assert!(started.elapsed() < Duration::from_mins(1), "{:?}", started.elapsed());
}
