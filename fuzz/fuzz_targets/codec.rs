//! A packet and extra data of any content: the pieces found lie within the packet, in order.

#![no_main]

use std::ops::Range;

use afterimage::media::codec::nal::{self, NalStream, Syntax};
use afterimage::media::codec::{h264, hevc, jpeg, obu, prores};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&[u8], &[u8])| {
    let (extradata, packet) = input;
    for syntax in [Syntax::H264, Syntax::Hevc] {
        if let Ok(stream) = NalStream::read(syntax, extradata) {
            check(stream.units(packet).flatten(), packet);
        }
        if let Ok(sets) = nal::parameter_sets(syntax, extradata) {
            check(sets.into_iter(), extradata);
        }
    }
    if let Ok(mut reader) = h264::Reader::new(extradata) {
        let units: Vec<h264::Unit> = reader.units(packet).flatten().collect();
        check(units.iter().filter_map(h264::Unit::slice_data), packet);
        let slices: Vec<_> = units.iter().filter_map(|unit| unit.slice).collect();
        for (slice, macroblocks) in slices.iter().zip(h264::macroblocks(&slices)) {
            let all = slice.width_macroblocks * slice.rows_macroblocks;
            assert!(macroblocks.is_none_or(|it| it.start < it.end && it.end <= all));
        }
    }
    if let Ok(mut reader) = hevc::Reader::new(extradata) {
        let units: Vec<hevc::Unit> = reader.units(packet).flatten().collect();
        check(units.iter().filter_map(hevc::Unit::slice_data), packet);
    }
    check(obu::units(packet).flatten().map(|unit| unit.payload()), packet);
    if let Ok(slices) = prores::slices(packet) {
        check(slices.iter().map(prores::Slice::data), packet);
    }
    if let Ok(scans) = jpeg::scans(packet) {
        check(scans.intervals.iter().map(|interval| interval.data.clone()), packet);
    }
});

/// Asserts that ranges follow each other within `bytes`.
fn check(ranges: impl Iterator<Item = Range<usize>>, bytes: &[u8]) {
    let mut end = 0;
    for range in ranges {
        assert!(end <= range.start && range.start <= range.end && range.end <= bytes.len());
        end = range.end;
    }
}
