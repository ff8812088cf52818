//! Captures that the tests make: streams of RTP, plain or protected, in frames of several networks and files of both formats.

use std::net::{SocketAddr, SocketAddrV4};
use std::ops::ControlFlow;

use afterimage::media::rtp::{self, CallMedia, SentStream, StreamParameters};
use afterimage::media::{Limits, Pattern, Source};
use afterimage::picture::Shape;
use afterimage::wire::capture::PcapngWriter;
use afterimage::wire::network::write_udp_frame;
use afterimage::wire::protection::{Protection, Sender, StreamKey};
use afterimage::wire::sdp::Session;

/// Where the streams come from, and where they go to.
pub const FROM: &str = "192.0.2.10:40000";
pub const TO: &str = "192.0.2.1:40000";

/// The time of the first packet: 2020-04-03 12:00 UTC.
pub const START_NANOS: u64 = 1_585_915_200_000_000_000;

/// An RTP packet and its time in nanoseconds since 1970.
pub type Packet = (u64, Vec<u8>);

pub const PARAMETERS: StreamParameters = StreamParameters {
    ssrc: 40_000,
    first_sequence_number: 65_000,
    base_timestamp: 0xffff_f000,
    payload_type: 96,
    most_packet_bytes: 1200,
};

/// A second of a box that moves, 160 × 96 pixels.
pub fn video(media: CallMedia) -> SentStream {
    let source = Source::Pattern(Pattern::MovingBox, Shape::new(160, 96));
    let keep_on = &mut |_| ControlFlow::Continue(());
    rtp::send_video(&source, media, 1.0, &PARAMETERS, Limits::default(), keep_on).expect("it is sent")
}

/// A second of the synthetic voice.
pub fn sound() -> SentStream {
    let parameters = StreamParameters { ssrc: 40_001, payload_type: 97, ..PARAMETERS };
    let source = Source::Pattern(Pattern::MovingBox, Shape::new(160, 96));
    let keep_on = &mut |_| ControlFlow::Continue(());
    rtp::send_sound(&source, CallMedia::H264, 1.0, 1, &parameters, Limits::default(), keep_on)
        .expect("it is sent")
}

pub fn packets(sent: &SentStream) -> Vec<Packet> {
    sent.packets.iter().map(|packet| (START_NANOS + packet.time, packet.bytes.clone())).collect()
}

/// The packets as a protection sends them.
pub fn protected(sent: &SentStream, key: &StreamKey) -> Vec<Packet> {
    let mut sender = Sender::new(key, 0).expect("a key");
    let protect = |(time, packet): Packet| {
        let mut protected = Vec::new();
        sender.protect(&packet, &mut protected).expect("a packet");
        (time, protected)
    };
    packets(sent).into_iter().map(protect).collect()
}

/// The bytes of a key for a protection, of the length that it needs.
pub fn key_bytes(protection: Protection) -> Vec<u8> {
    let bytes = match protection {
        Protection::OneKeyEcb => 16,
        Protection::PerStreamGcm => 32,
        Protection::SrtpGcm => 28,
        Protection::Srtp | Protection::Sframe => 30,
    };
    (0..bytes).map(|byte| 0xa0 ^ byte).collect()
}

pub fn key(protection: Protection) -> StreamKey {
    StreamKey::from_bytes(protection, &key_bytes(protection)).expect("a key")
}

/// A pcapng file of packets from [`FROM`] to [`TO`].
pub fn pcapng(packets: &[Packet]) -> Vec<u8> {
    let mut writer = PcapngWriter::new(Vec::new()).expect("memory");
    for (time, packet) in packets {
        writer.write(*time, &ethernet(packet)).expect("memory");
    }
    writer.finish().expect("memory")
}

/// An Ethernet frame with IPv4.
pub fn ethernet(payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    let [from, to] = [FROM, TO].map(|text| text.parse::<SocketAddrV4>().expect("an address"));
    write_udp_frame(from, to, payload, &mut frame).expect("it fits");
    frame
}

/// An Ethernet frame of a virtual network.
pub fn vlan(payload: &[u8]) -> Vec<u8> {
    let mut frame = ethernet(payload);
    frame.splice(12..12, [0x81, 0x00, 0x00, 0x05]);
    frame
}

/// An Ethernet frame with IPv6.
pub fn ipv6(payload: &[u8]) -> Vec<u8> {
    let udp = &ethernet(payload)[34..];
    let length = u16::try_from(udp.len()).expect("it fits").to_be_bytes();
    let addresses = ["[2001:db8::10]:1", "[2001:db8::1]:1"].map(|text| text.parse().expect("an address"));
    let octets = addresses.map(|address| match address {
        SocketAddr::V6(address) => address.ip().octets(),
        SocketAddr::V4(_) => panic!("IPv6"),
    });
    let header = [&[0x60, 0, 0, 0][..], &length, &[17, 64], &octets[0], &octets[1]].concat();
    [&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x86, 0xdd][..], &header, udp].concat()
}

/// A pcap file of frames, in one of the four forms.
pub fn pcap(frames: &[Packet], is_big_endian: bool, has_nanos: bool) -> Vec<u8> {
    let number = |number: u32| if is_big_endian { number.to_be_bytes() } else { number.to_le_bytes() };
    let magic = if has_nanos { 0xa1b2_3c4d } else { 0xa1b2_c3d4 };
    let version = if is_big_endian { [0, 2, 0, 4] } else { [2, 0, 4, 0] };
    let mut file = [number(magic), version, [0; 4], [0; 4], number(262_144), number(1)].concat();
    for (time, frame) in frames {
        let ticks_per_sec = if has_nanos { 1 } else { 1000 };
        let part = |nanos: u64| u32::try_from(nanos).expect("a time of this century");
        let length = part(frame.len() as u64);
        let [secs, rest] = [time / 1_000_000_000, time % 1_000_000_000 / ticks_per_sec].map(part);
        file.extend([secs, rest, length, length].map(number).concat());
        file.extend(frame);
    }
    file
}

/// An SDP file for the stream.
pub fn sdp(sent: &SentStream) -> String {
    Session { name: "test".into(), media: vec![sent.description.to_media(40_000)] }.to_string()
}

/// A keys file with one key, whose salt is appended.
pub fn keys_file(protection: Protection, key: &[u8]) -> String {
    format!(
        "[[key]]\nprotection = \"{protection}\"\nssrc = 40000\nsource = \"{FROM}\"\ndestination = \"{TO}\"\nkey = \"{}\"\n",
        hex::encode(key)
    )
}
