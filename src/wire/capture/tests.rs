#![expect(clippy::cast_possible_truncation, reason = "files of tests are short")]

use std::io::{Cursor, Read};

use proptest::prelude::*;

use super::*;

type Packets = Vec<(u16, Option<u64>, u32, Vec<u8>)>;

/// All packets, and the end: where the file was cut, or the error.
fn read(file: &[u8]) -> (Packets, Result<Option<u64>, CaptureError>) {
    read_from(Cursor::new(file))
}

fn read_from(file: impl Read) -> (Packets, Result<Option<u64>, CaptureError>) {
    let mut packets = Vec::new();
    let mut reader = match Reader::new(file) {
        Ok(reader) => reader,
        Err(error) => return (packets, Err(error)),
    };
    loop {
        match reader.next() {
            Ok(Some(packet)) => packets.push((
                packet.link_type,
                packet.time_nanos,
                packet.original_bytes,
                packet.bytes.to_vec(),
            )),
            Ok(None) => return (packets, Ok(reader.truncated_at())),
            Err(error) => {
                assert!(matches!(reader.next(), Ok(None)), "an error ends the capture");
                return (packets, Err(error));
            }
        }
    }
}

/// A number in either byte order.
fn u32_in(is_big: bool, number: u32) -> [u8; 4] {
    if is_big { number.to_be_bytes() } else { number.to_le_bytes() }
}

fn u16_in(is_big: bool, number: u16) -> [u8; 2] {
    if is_big { number.to_be_bytes() } else { number.to_le_bytes() }
}

fn pcap(is_big: bool, magic: u32, packets: &[&[u8]]) -> Vec<u8> {
    let n = |number| u32_in(is_big, number);
    let mut file = [n(magic).to_vec(), u16_in(is_big, 2).to_vec(), u16_in(is_big, 4).to_vec()].concat();
    // No zone, no accuracy, a snap length that is absurd, Ethernet with a frame check sequence of 4 bytes.
    file.extend([n(0), n(0), n(u32::MAX), n(0x4400_0001)].concat());
    for &packet in packets {
        let len = packet.len() as u32;
        file.extend([n(1000), n(7), n(len), n(len + 3)].concat());
        if magic == 0xa1b2_cd34 {
            file.extend([9; 8]);
        }
        file.extend(packet);
    }
    file
}

fn block(is_big: bool, kind: u32, body: &[u8]) -> Vec<u8> {
    let padded = body.len().next_multiple_of(4);
    let total = u32_in(is_big, 12 + padded as u32);
    [&u32_in(is_big, kind)[..], &total, body, &vec![0; padded - body.len()], &total].concat()
}

fn section(is_big: bool) -> Vec<u8> {
    let body =
        [&u32_in(is_big, 0x1a2b_3c4d)[..], &u16_in(is_big, 1), &u16_in(is_big, 0), &[0xff; 8]].concat();
    block(is_big, 0x0a0d_0d0a, &body)
}

fn interface(is_big: bool, link_type: u16, snap: u32, options: &[(u16, &[u8])]) -> Vec<u8> {
    let mut body = [&u16_in(is_big, link_type)[..], &[0, 0], &u32_in(is_big, snap)].concat();
    for (code, value) in options {
        body.extend([u16_in(is_big, *code), u16_in(is_big, value.len() as u16)].concat());
        body.extend(*value);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    block(is_big, 1, &body)
}

fn enhanced(is_big: bool, interface: u32, time: u64, packet: &[u8]) -> Vec<u8> {
    let (len, high, low) = (packet.len() as u32, (time >> 32) as u32, time as u32);
    let header = [interface, high, low, len, len].map(|word| u32_in(is_big, word)).concat();
    block(is_big, 6, &[&header[..], packet].concat())
}

/// A pcapng file with everything that is read, in one byte order.
fn everything(is_big: bool) -> Vec<u8> {
    let offset = if is_big { 100i64.to_be_bytes() } else { 100i64.to_le_bytes() };
    let old_words = [0, 86_400, 3, 5].map(|word| u32_in(is_big, word)).concat();
    let old_header = [&u16_in(is_big, 1)[..], &[0xff; 2], &old_words].concat();
    [
        section(is_big),
        interface(is_big, 1, 4, &[(2, b"eth0"), (9, &[9]), (14, &offset), (0, b""), (9, &[0])]),
        interface(is_big, 113, 0, &[]),
        block(is_big, 0x0bad, &[7; 30]),
        enhanced(is_big, 0, 5 << 32 | 6, b"first"),
        block(is_big, 3, &[&u32_in(is_big, 9)[..], b"fourx"].concat()),
        block(is_big, 2, &[&old_header[..], b"old"].concat()),
    ]
    .concat()
}

fn of_everything() -> Packets {
    vec![
        (1, Some((5 << 32 | 6) + 100_000_000_000), 5, b"first".to_vec()),
        (1, None, 9, b"four".to_vec()),
        (113, Some(86_400_000), 5, b"old".to_vec()),
    ]
}

#[test]
fn pcap_is_read_in_both_byte_orders_with_micro_and_nanoseconds() {
    for is_big in [true, false] {
        for (magic, nanos) in [(0xa1b2_c3d4, 7000), (0xa1b2_3c4d, 7), (0xa1b2_cd34, 7000)] {
            let (packets, end) = read(&pcap(is_big, magic, &[b"one", b"", b"three"]));
            let time = Some(1_000_000_000_000 + nanos);
            let expected =
                [&b"one"[..], b"", b"three"].map(|bytes| (1, time, bytes.len() as u32 + 3, bytes.to_vec()));
            assert_eq!((packets, end.ok()), (expected.to_vec(), Some(None)));
        }
    }
}

#[test]
fn all_packet_blocks_of_pcapng_are_read_in_both_byte_orders() {
    for is_big in [true, false] {
        let (packets, end) = read(&everything(is_big));
        assert_eq!((packets, end.ok()), (of_everything(), Some(None)));
    }
    // A second section has the other byte order, and describes its interfaces anew.
    let (packets, end) = read(&[everything(true), everything(false)].concat());
    assert_eq!((packets, end.ok()), ([of_everything(), of_everything()].concat(), Some(None)));
    let (_, end) = read(&[everything(true), section(false), enhanced(false, 0, 0, b"x")].concat());
    assert!(matches!(end, Err(CaptureError::Interface { interface: 0, known: 0, .. })));
}

#[test]
fn resolutions_of_timestamps_are_powers_of_ten_and_two() {
    for (unit, time, nanos) in [
        (0, 3, 3_000_000_000),
        (3, 3, 3_000_000),
        (12, 3999, 3),
        (127, u64::MAX, 0),
        (0x80, 3, 3_000_000_000),
        (0x8a, 512, 500_000_000),
        (0xff, u64::MAX, 0),
        (0, u64::MAX, u64::MAX),
    ] {
        let file =
            [section(true), interface(true, 1, 0, &[(9, &[unit])]), enhanced(true, 0, time, b"")].concat();
        assert_eq!(read(&file).0[0].1, Some(nanos), "{unit:x}");
    }
    let before = i64::MIN.to_be_bytes();
    let file = [section(true), interface(true, 1, 0, &[(14, &before)]), enhanced(true, 0, 5, b"")].concat();
    assert_eq!(read(&file).0[0].1, Some(0));
}

#[test]
fn a_file_that_stops_in_a_record_is_read_up_to_there() {
    for (file, first) in [(pcap(true, 0xa1b2_c3d4, &[b"one", b"three"]), 4), (everything(false), 4)] {
        let (all, _) = read(&file);
        for len in first..file.len() {
            let (packets, end) = read(&file[..len]);
            assert!(all.starts_with(&packets) && packets.len() < all.len(), "{len}");
            let truncated_at = end.expect("a truncated file is no error");
            assert!(truncated_at.is_none_or(|at| at == len as u64), "{len}");
        }
        let (packets, end) = read(&file[..file.len() - 1]);
        assert_eq!((packets.len(), end.ok()), (all.len() - 1, Some(Some(file.len() as u64 - 1))));
    }
    for len in 0..4 {
        assert!(matches!(read(&section(true)[..len]).1, Err(CaptureError::Format { .. })));
    }
}

#[test]
fn lengths_that_lie_are_errors_with_their_place() {
    let message = |file: &[u8]| read(file).1.expect_err("it lies").to_string();
    let mut long = pcap(false, 0xa1b2_c3d4, &[b"one", b"two"]);
    long[24 + 19 + 8..][..4].copy_from_slice(&0x7fff_ffffu32.to_le_bytes());
    assert_eq!(read(&long).0.len(), 1);
    let expected = "byte 43: a packet claims 2147483647 bytes, so the file is damaged here, or it is a variant of pcap that \
                    is not read; `editcap -F pcapng` converts those";
    assert_eq!(message(&long), expected);
    let mut later = pcap(false, 0xa1b2_c3d4, &[&[7; 9000], b"two"]);
    later[24 + 16 + 9000 + 8..][..4].copy_from_slice(&0x7fff_ffffu32.to_le_bytes());
    let expected =
        "byte 9040: a packet claims 2147483647 bytes; at most 262144 are read, so the file is damaged here";
    assert_eq!(message(&later), expected);
    let start = [section(true), interface(true, 1, 0, &[])].concat();
    for (block, expected) in [
        (&[0, 0, 0, 6, 0, 0, 0, 8][..], "the length of a block is below 12 bytes or no multiple of 4"),
        (&[0, 0, 0, 6, 0, 0, 0, 33], "the length of a block is below 12 bytes or no multiple of 4"),
        (&[0, 0, 0, 6, 0x7f, 0, 0, 0], "a block claims 2130706432 bytes"),
        (&[0, 0, 0, 6, 0, 0, 0, 12, 0, 0, 0, 16], "the two lengths of a block differ"),
        (&[0, 0, 0, 6, 0, 0, 0, 12, 0, 0, 0, 12], "a packet block is too short"),
        (&[0, 0, 0, 1, 0, 0, 0, 12, 0, 0, 0, 12], "an interface description is too short"),
        (&[10, 13, 13, 10, 0, 0, 0, 28, 1, 2, 3, 4, 0, 1, 0, 0], "a section header has no byte-order magic"),
        (&[10, 13, 13, 10, 0, 0, 0, 28, 26, 43, 60, 77, 0, 2, 0, 0], "pcapng version 2.0 is not known"),
    ] {
        let message = message(&[&start, block].concat());
        assert!(message.starts_with("byte 48") || message.starts_with("byte 60"), "{message}");
        assert!(message.contains(expected), "{message}");
    }
    let mut longer = enhanced(true, 0, 0, b"four");
    longer[8 + 12..][..4].copy_from_slice(&5u32.to_be_bytes());
    assert!(message(&[&start[..], &longer].concat()).contains("a packet is longer than its block"));
    assert!(message(&[&start[..], &enhanced(true, 7, 0, b"")].concat()).contains("interface 7"));
    let many: Vec<u8> = (0..=MOST_INTERFACES).flat_map(|_| interface(true, 1, 0, &[])).collect();
    assert!(message(&[section(true), many].concat()).contains("more than 4096"));
    assert_eq!(message(b"RIFF1234"), "this is neither pcap nor pcapng: it begins with 52494646");
    for (start, expected) in [
        (
            &b"snoop\0\0\0\0\0\0\x02"[..],
            "this is a capture in the format of Solaris snoop, which is not read; convert",
        ),
        (b"GMBU\0\x02", "Microsoft Network Monitor, which is not read; convert it with `editcap -F pcapng`"),
        (b"\x1f\x8b\x08\x08", "this file is compressed; unpack it first, with `gunzip`"),
    ] {
        assert!(message(start).contains(expected), "{}", message(start));
        assert!(begins_like_capture(start) != begins_like_compressed(start));
    }
    for (start, is_capture) in
        [(&pcap(true, 0xa1b2_cd34, &[])[..], true), (&section(true), true), (b"RIFF", false), (b"", false)]
    {
        assert_eq!(begins_like_capture(start), is_capture);
    }
    let mut version = pcap(true, 0xa1b2_c3d4, &[]);
    version[5] = 3;
    assert!(message(&version).contains("pcap version 3.4"));
}

#[test]
fn a_block_of_an_unknown_kind_is_skipped_without_being_held() {
    let long = block(true, 0x0bad, &vec![0; 3 * MOST_BLOCK_BYTES]);
    let file = [section(true), interface(true, 1, 0, &[]), long, enhanced(true, 0, 0, b"after")].concat();
    assert_eq!(read(&file).0.len(), 1);
}

#[test]
fn what_is_written_is_read_again() {
    let mut writer = PcapngWriter::new(Vec::new()).expect("memory");
    let frames = [vec![1; 60], vec![], vec![2; 1201], vec![3; MOST_PACKET_BYTES]];
    for (time, frame) in (1_585_915_200_000_000_001u64..).zip(&frames) {
        writer.write(time, frame).expect("memory");
    }
    assert!(writer.write(0, &vec![0; MOST_PACKET_BYTES + 1]).is_err());
    let file = writer.finish().expect("memory");
    assert!(file.len().is_multiple_of(4));
    let (packets, end) = read(&file);
    let expected = (1_585_915_200_000_000_001u64..).zip(frames);
    let expected = expected.map(|(time, frame)| (1, Some(time), frame.len() as u32, frame));
    assert_eq!((packets, end.ok()), (expected.collect(), Some(None)));
}

/// Gives few bytes a call, as a pipe does.
struct Trickle<'a>(&'a [u8]);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let len = buffer.len().min(3);
        self.0.read(&mut buffer[..len])
    }
}

#[test]
fn a_source_may_give_few_bytes_at_once() {
    let (packets, end) = read_from(Trickle(&everything(true)));
    assert_eq!((packets, end.ok()), (of_everything(), Some(None)));
}

proptest! {
    #[test]
    fn flipped_bytes_do_no_harm(
        is_big: bool,
        flips in prop::collection::vec((any::<prop::sample::Index>(), 1u8..), 1..20),
    ) {
        for mut file in [everything(is_big), pcap(is_big, 0xa1b2_c3d4, &[b"one", b"three", &[5; 100]])] {
            for (at, flip) in &flips {
                let at = at.index(file.len());
                file[at] ^= flip;
            }
            let (packets, _) = read(&file);
            prop_assert!(packets.iter().map(|packet| packet.3.len()).sum::<usize>() <= file.len());
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>, is_big: bool) {
        let _ = read(&bytes);
        let _ = read(&[section(is_big), interface(is_big, 1, 0, &[]), bytes.clone()].concat());
        let _ = read(&[pcap(is_big, 0xa1b2_3c4d, &[]), bytes].concat());
    }
}
