//! The place of slices and restart intervals in the picture: changing the bytes of one changes the picture there and nowhere
//! else, as the `ffmpeg` program decodes it.

use std::path::{Path, PathBuf};

use afterimage::media::codec::prores::{self, Rows};
use afterimage::media::codec::{h264, jpeg};
use afterimage::picture::Shape;
use afterimage::picture::layout::Layout;

use crate::clips::{encode, ffmpeg, path, program_bytes, program_bytes_with};
use crate::slices::video_packets;

/// Pixels of a frame that belong to a piece.
type Area = Box<dyn Fn(usize, usize) -> bool>;

/// A piece of the first packet of a file: its bytes within the packet, and its pixels.
type Piece = (std::ops::Range<usize>, Area);

/// Changes piece `n` of a packet.
type Change<'a> = &'a dyn Fn(Vec<u8>, &[Piece], usize) -> Vec<u8>;

/// Changes bytes of a piece. No start code appears or disappears.
fn garble(mut packet: Vec<u8>, pieces: &[Piece], n: usize) -> Vec<u8> {
    let bytes = &mut packet[pieces[n].0.clone()];
    for n in (1..bytes.len()).filter(|n| n % 5 != 0) {
        if bytes[n] > 3 {
            bytes[n] ^= 0x14;
        }
    }
    packet
}

/// Replaces the bytes of a piece by those of the next and keeps the markers: behind bytes that it cannot read, a decoder does
/// not find the next marker.
fn replace_by_next(mut packet: Vec<u8>, pieces: &[Piece], n: usize) -> Vec<u8> {
    let next = packet[pieces[(n + 1) % pieces.len()].0.clone()].to_vec();
    packet.splice(pieces[n].0.clone(), next);
    packet
}

/// Asserts that changing a piece of the first packet changes only pixels of its area, and that the areas cover the picture.
fn check(path: &Path, shape: Shape, options: &[&str], pieces: &[Piece], change: Change<'_>) {
    let (_, packets) = video_packets(path);
    let whole = std::fs::read(path).expect("the file");
    let place =
        whole.windows(packets[0].len()).position(|it| it == packets[0]).expect("the packet in the file");
    let before = program_bytes_with(options, path, Layout::GRAY8);
    let damaged = path.with_extension(format!("damaged.{}", path.extension().unwrap_or_default().display()));
    let mut pieces_with_changes = 0;
    for (n, (_, area)) in pieces.iter().enumerate() {
        let packet = change(packets[0].clone(), pieces, n);
        let bytes = [&whole[..place], &packet, &whole[place + packets[0].len()..]].concat();
        std::fs::write(&damaged, bytes).expect("room for a file");
        let input = ["-i", damaged.to_str().expect("a plain path")];
        let input = ["-v", "quiet"].iter().chain(options).chain(&input);
        let output = ["-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "gray", "-"];
        let after = ffmpeg(input.copied().chain(output), &[]);
        let frame = shape.pixels();
        let changed = (0..frame).filter(|&at| before[at] != after[at]).collect::<Vec<_>>();
        for &at in &changed {
            let (x, y) = (at % shape.columns(), at / shape.columns());
            assert!(area(x, y), "piece {n} of {} changes the pixel {x}, {y}", path.display());
        }
        pieces_with_changes += usize::from(!changed.is_empty());
    }
    assert!(pieces_with_changes * 10 > pieces.len() * 9, "{pieces_with_changes} of {}", pieces.len());
    let covered = |at: usize| {
        let (x, y) = (at % shape.columns(), at / shape.columns());
        pieces.iter().filter(|(_, area)| area(x, y)).count() == 1
    };
    assert!((0..shape.pixels()).all(covered), "each pixel belongs to one piece: {}", path.display());
}

/// A picture with detail everywhere, in a file called `name`.
fn picture(name: &str, (width, height): (u32, u32), arguments: &[&str]) -> (PathBuf, Shape) {
    let path = path(name);
    let source = format!("testsrc2=s={width}x{height}:r=25,noise=alls=30:allf=t");
    let input = ["-f", "lavfi", "-i", &source, "-frames:v", "1"];
    ffmpeg(input.iter().chain(arguments).chain(&[path.to_str().expect("a plain path")]), &[]);
    (path, Shape::new(width, height))
}

#[test]
fn slices_of_prores_are_in_the_picture_where_the_table_puts_them() {
    // 21 macroblocks per row: two slices of eight, one of four, one of one.
    let progressive = ["-c:v", "prores_ks", "-pix_fmt", "yuv422p10le"];
    let top_first = [&progressive[..], &["-flags", "+ildct", "-vf", "setfield=tff"]].concat();
    let bottom_first = [&progressive[..], &["-flags", "+ildct", "-vf", "setfield=bff"]].concat();
    let of_one = [&progressive[..], &["-mbs_per_slice", "1"]].concat();
    let of_two = [&progressive[..], &["-mbs_per_slice", "2"]].concat();
    let of_two_top_first = [&top_first[..], &["-mbs_per_slice", "2"]].concat();
    let alpha = ["-c:v", "prores_ks", "-profile:v", "4444", "-pix_fmt", "yuva444p10le"];
    for (name, options, rows, count) in [
        ("prores.mov", &progressive[..], vec![Rows::All], 4 * 5),
        ("prores-top.mov", &top_first, vec![Rows::Top, Rows::Bottom], 2 * 4 * 3),
        ("prores-bottom.mov", &bottom_first, vec![Rows::Bottom, Rows::Top], 2 * 4 * 3),
        ("prores-alpha.mov", &alpha, vec![Rows::All], 4 * 5),
        ("prores-1.mov", &of_one, vec![Rows::All], 21 * 5),
        ("prores-2.mov", &of_two, vec![Rows::All], 11 * 5),
        ("prores-2-top.mov", &of_two_top_first, vec![Rows::Top, Rows::Bottom], 2 * 11 * 3),
    ] {
        let (path, shape) = picture(name, (330, 74), options);
        let slices = prores::slices(&video_packets(&path).1[0]).expect("slices");
        assert_eq!(slices.len(), count, "{name}");
        let mut found: Vec<Rows> = slices.iter().map(|slice| slice.rows).collect();
        found.dedup();
        assert_eq!(found, rows, "{name}");
        let piece = |slice: &prores::Slice| -> Piece {
            let columns = slice.column as usize * 16..(slice.column + slice.width) as usize * 16;
            let (row, rows) = (slice.row as usize, slice.rows);
            let area = move |x: usize, y: usize| {
                let (line, is_there) = match rows {
                    Rows::All => (y, true),
                    Rows::Top => (y / 2, y.is_multiple_of(2)),
                    Rows::Bottom => (y / 2, !y.is_multiple_of(2)),
                };
                is_there && columns.contains(&x) && line / 16 == row
            };
            (slice.data(), Box::new(area))
        };
        check(&path, shape, &[], &slices.iter().map(piece).collect::<Vec<_>>(), &garble);
    }
}

#[test]
fn restart_intervals_of_jpeg_are_in_the_picture_where_their_number_puts_them() {
    for (name, pixel_format) in
        [("restart.jpg", "yuvj420p"), ("restart-422.jpg", "yuvj422p"), ("restart-444.jpg", "yuvj444p")]
    {
        let options =
            ["-c:v", "mjpeg", "-pix_fmt", pixel_format, "-slices", "4", "-threads", "4", "-q:v", "2"];
        let output = ["-thread_type", "slice", "-f", "image2", "-update", "1"];
        let (path, shape) = picture(name, (330, 100), &[&options[..], &output].concat());
        let found = jpeg::scans(&std::fs::read(&path).expect("a picture")).expect("scans");
        let [scan] = found.scans[..] else { panic!("{} scans: {name}", found.scans.len()) };
        assert!(found.intervals.len() >= 4, "{} intervals: {name}", found.intervals.len());
        let piece = |interval: &jpeg::Interval| -> Piece {
            let units = interval.first..interval.first + interval.count;
            let area = move |x: usize, y: usize| {
                let (column, row) = (x / scan.unit_width as usize, y / scan.unit_height as usize);
                units.contains(&u32::try_from(row * scan.columns as usize + column).expect("small"))
            };
            (interval.data.clone(), Box::new(area))
        };
        check(&path, shape, &[], &found.intervals.iter().map(piece).collect::<Vec<_>>(), &replace_by_next);
    }
}

#[test]
fn slices_of_h264_are_in_the_picture_where_their_macroblocks_are() {
    let all = "keyint=1:no-deblock=1";
    for (name, parameters, fewest) in [
        ("places.mp4", "slices=5", 5),
        ("places-pairs.mp4", "slices=5:interlaced=1", 5),
        ("places-bytes.mp4", "slice-max-size=900", 20),
        ("places-macroblocks.mp4", "slice-max-mbs=7", 200 / 7),
    ] {
        let parameters = format!("{all}:{parameters}");
        let options = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-x264-params", &parameters];
        let (path, shape) = picture(name, (320, 160), &options);
        let (extradata, packets) = video_packets(&path);
        let mut reader = h264::Reader::new(&extradata).expect("extra data");
        let units: Vec<_> = reader.units(&packets[0]).map(|unit| unit.expect("a unit")).collect();
        let slices: Vec<_> = units.iter().filter_map(|unit| unit.slice).collect();
        let data: Vec<_> = units.iter().filter_map(h264::Unit::slice_data).collect();
        let pairs = slices[0].structure == h264::Structure::FrameOfPairs;
        assert!(slices.len() >= fewest, "{name}: {} slices", slices.len());
        assert_eq!(pairs, parameters.contains("interlaced"), "{name}");
        let piece = |(data, macroblocks): (std::ops::Range<usize>, Option<std::ops::Range<u32>>)| -> Piece {
            let macroblocks = macroblocks.expect("macroblocks in the order of rows");
            let columns = slices[0].width_macroblocks as usize;
            let area = move |x: usize, y: usize| {
                let (column, row) = (x / 16, y / 16);
                let number =
                    if pairs { (row / 2 * columns + column) * 2 + row % 2 } else { row * columns + column };
                macroblocks.contains(&u32::try_from(number).expect("small"))
            };
            (data, Box::new(area))
        };
        let pieces: Vec<Piece> = data.into_iter().zip(h264::macroblocks(&slices)).map(piece).collect();
        check(&path, shape, &["-threads", "1", "-ec", "0"], &pieces, &garble);
    }
}

#[test]
fn the_slices_of_a_prores_packet_are_adjacent_and_reach_its_end() {
    let path = encode("pieces.mov", 2, &["-c:v", "prores", "-pix_fmt", "yuv422p10le"]);
    let packet = &video_packets(&path).1[1];
    let slices = prores::slices(packet).expect("slices");
    assert!(slices.windows(2).all(|pair| pair[0].range.end == pair[1].range.start));
    assert!(packet.len() - slices[slices.len() - 1].range.end < 64, "only padding follows the last slice");
    assert!(!program_bytes(&path, Layout::GRAY8).is_empty());
}
