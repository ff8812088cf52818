//! Packets on a wire against another implementation: FFmpeg sends SRTP that is opened here, and reads what is sent here.
//!
//! The tests open sockets on 127.0.0.1. The program never does.

#[path = "../common/ffmpeg.rs"]
mod ffmpeg;

use std::io::{ErrorKind, Read, Write};
use std::net::UdpSocket;
use std::process::{Command, Stdio};
use std::time::Duration;

use afterimage::wire::rtp::{Header, Packet, is_rtcp};
use afterimage::wire::srtp::{MasterKey, Receiver, Sender, Suite};

const SUITES: [Suite; 2] = [Suite::AesCm128HmacSha1_80, Suite::AesCm128HmacSha1_32];
const LOCAL: &str = "127.0.0.1";

fn master(suite: Suite) -> MasterKey {
    let joined: Vec<u8> = (1..).take(MasterKey::joined_bytes(suite)).collect();
    MasterKey::from_joined(suite, &joined).expect("the suite's length")
}

/// An even port of this machine that is free, and so is the next one, for RTCP.
fn free_ports() -> u16 {
    let pair = std::iter::repeat_with(|| {
        let port =
            UdpSocket::bind((LOCAL, 0)).and_then(|socket| socket.local_addr()).expect("a socket").port() & !1;
        let both = [port, port | 1].map(|port| UdpSocket::bind((LOCAL, port)));
        both.iter().all(Result::is_ok).then_some(port)
    });
    pair.take(100).flatten().next().expect("two free ports")
}

/// A second of sound, of which FFmpeg makes PCMU packets. Their payloads together are the sound.
#[test]
fn packets_of_ffmpeg_are_opened_across_a_wrap_of_the_sequence_number() {
    let sound = ["-f", "lavfi", "-i", "sine=frequency=400:sample_rate=8000:duration=1", "-c:a", "pcm_mulaw"];
    let expected = ffmpeg::ffmpeg([&sound[..], &["-f", "mulaw", "-"]].concat(), &[]).stdout;
    for suite in SUITES {
        let socket = UdpSocket::bind((LOCAL, 0)).expect("a socket");
        socket.set_read_timeout(Some(Duration::from_secs(5))).expect("a timeout");
        let url =
            format!("srtp://127.0.0.1:{}?pkt_size=200", socket.local_addr().expect("an address").port());
        let key = master(suite).to_base64();
        let name = suite.to_string();
        let options =
            ["-f", "rtp", "-ssrc", "4660", "-seq", "65530", "-srtp_out_suite", &name, "-srtp_out_params"];
        ffmpeg::ffmpeg([&sound[..], &options, &[&key, &url]].concat(), &[]);
        let (mut receiver, mut opened, mut payloads) =
            (Receiver::new(&master(suite), 0), Vec::new(), Vec::new());
        let (mut bytes, mut indices) = ([0; 2048], Vec::new());
        while payloads.len() < expected.len() {
            let (length, _) =
                socket.recv_from(&mut bytes).expect("all packets are there when FFmpeg has ended");
            if is_rtcp(&bytes[..length]) {
                continue;
            }
            indices.push(receiver.unprotect(&bytes[..length], &mut opened).expect("FFmpeg's own packet"));
            let packet = Packet::parse(&opened).expect("a packet");
            assert_eq!((packet.ssrc(), packet.payload_type()), (4660, 0));
            payloads.extend_from_slice(packet.payload().expect("no padding"));
        }
        assert!(payloads == expected, "{suite}: the sound is another");
        assert!(indices.is_sorted() && indices[0] == 65530 && indices.iter().any(|&index| index >= 65536));
    }
}

/// FFmpeg starts to listen at a moment that is not known, so that packets are sent until it has heard enough. What it heard
/// must be a part of what was sent.
#[test]
fn ffmpeg_opens_our_packets() {
    const HEARD_BYTES: usize = 2000;
    for suite in SUITES {
        let port = free_ports();
        let sdp = format!(
            "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio {port} RTP/SAVP 0\r\nc=IN IP4 127.0.0.1\r\n\
             a=crypto:1 {suite} inline:{}\r\n",
            master(suite).to_base64()
        );
        let mut ffmpeg = Command::new("ffmpeg")
            .args(["-v", "error", "-protocol_whitelist", "pipe,udp,rtp,srtp", "-reorder_queue_size", "0"])
            .args([
                "-analyzeduration",
                "0",
                "-f",
                "sdp",
                "-i",
                "pipe:0",
                "-t",
                "0.25",
                "-f",
                "mulaw",
                "pipe:1",
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the ffmpeg program; Debian has it in the package ffmpeg");
        ffmpeg.stdin.take().expect("its input").write_all(sdp.as_bytes()).expect("it reads the description");
        let socket = UdpSocket::bind((LOCAL, 0)).expect("a socket");
        socket.connect((LOCAL, port)).expect("an address");
        let (mut sender, mut sent, mut packet, mut protected) =
            (Sender::new(&master(suite), 0), Vec::new(), Vec::new(), Vec::new());
        for number in 0..12_000u16 {
            let timestamp = u32::from(number) * 160;
            let header = Header { sequence: number, timestamp, ssrc: 4660, ..Header::default() };
            packet.clear();
            header.write(&mut packet).expect("it fits");
            // Each sample of a packet says which one it is; PCMU to PCMU is copied by way of 16 bits and back.
            let payload: Vec<u8> = (0..160u32).map(|at| ((timestamp + at) * 7 % 251 % 127) as u8).collect();
            packet.extend_from_slice(&payload);
            sent.extend_from_slice(&payload);
            sender.protect(&packet, &mut protected).expect("a packet");
            match socket.send(&protected) {
                // Refused while nothing listens there yet.
                Err(error) if error.kind() != ErrorKind::ConnectionRefused => panic!("{error}"),
                _ => {}
            }
            // A pace that FFmpeg keeps up with; nothing waits for a moment.
            std::thread::sleep(Duration::from_millis(2));
            if ffmpeg.try_wait().expect("a child").is_some() {
                break;
            }
        }
        let mut heard = Vec::new();
        let _ = ffmpeg.kill();
        ffmpeg.stdout.take().expect("its output").read_to_end(&mut heard).expect("the sound");
        ffmpeg.wait().expect("it has ended");
        assert_eq!(heard.len(), HEARD_BYTES, "{suite}: a quarter of a second");
        assert!(sent.windows(HEARD_BYTES).any(|sent| sent == heard), "{suite}: another sound");
    }
}
