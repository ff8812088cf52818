//! Encodings at hand, with a name for what they stand for.

use ffmpeg_next::codec::encoder;

use super::name::{Encoding, NoEncoding};

/// An encoding at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncodingChoice {
    /// The name on the command line.
    pub name: &'static str,
    /// A line on what it stands for.
    pub about: &'static str,
    /// Encoders with their options, the best first: the linked FFmpeg may lack some.
    candidates: &'static [&'static str],
}

impl EncodingChoice {
    /// All choices, from the simplest codec to the most elaborate.
    pub const ALL: [Self; 9] = [
        Self {
            name: "screen",
            about: "a lossless recording of a screen",
            candidates: &["ffvhuff", "huffyuv", "utvideo"],
        },
        Self { name: "camera", about: "Motion JPEG, as from cameras", candidates: &["mjpeg,q=3"] },
        Self {
            name: "production",
            about: "ProRes with one macroblock a slice, as between programs that cut films",
            candidates: &["prores_ks,mbs_per_slice=1", "prores_aw", "prores"],
        },
        Self {
            name: "call",
            about: "H.264 with low latency in slices of at most 1200 bytes, as in a video call",
            candidates: &[
                "libx264,preset=veryfast,tune=zerolatency,b=1M,maxrate=1M,bufsize=500k,slice-max-size=1200,g=300",
                "libopenh264,b=1M,max_nal_size=1200,slice_mode=dyn",
            ],
        },
        Self {
            name: "call-cbr",
            about: "the same at a constant rate, filled up with empty bytes",
            candidates: &[
                "libx264,preset=veryfast,tune=zerolatency,b=1M,maxrate=1M,minrate=1M,bufsize=500k,nal-hrd=cbr,slice-max-size=1200,g=300",
            ],
        },
        Self {
            name: "film-h264",
            about: "H.264 as in films to download",
            candidates: &["libx264,preset=medium,crf=23", "libopenh264,b=2M", "mpeg4,q=4"],
        },
        Self {
            name: "film-hevc",
            about: "HEVC as in films to download",
            candidates: &["libx265,preset=fast,crf=26,x265-params=log-level=error"],
        },
        Self {
            name: "film-vp9",
            about: "VP9 as in films on the web",
            candidates: &["libvpx-vp9,crf=32,b=0,deadline=good,cpu-used=4", "libvpx,crf=10,b=2M"],
        },
        Self {
            name: "film-av1",
            about: "AV1 as in films on the web",
            candidates: &[
                "libsvtav1,preset=8,crf=32",
                "libaom-av1,crf=32,b=0,cpu-used=8",
                "librav1e,speed=10,qp=100",
            ],
        },
    ];

    /// The encoding; `None` if the linked FFmpeg has none of its encoders.
    #[must_use]
    pub fn encoding(&self) -> Option<Encoding> {
        let mut candidates = self.candidates.iter().filter_map(|text| text.parse::<Encoding>().ok());
        candidates.find(|candidate| encoder::find_by_name(candidate.encoder()).is_some())
    }
}

/// Reads the name of a choice, or an encoder with its options. A choice is returned as its encoder and options.
///
/// # Errors
/// [`NoEncoding`].
pub fn named_encoding(text: &str) -> Result<Encoding, NoEncoding> {
    match EncodingChoice::ALL.iter().find(|choice| choice.name == text) {
        Some(choice) => choice.encoding().ok_or(NoEncoding::NoneOf(choice.name)),
        None => text.parse(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_candidate_is_an_encoding_and_no_choice_has_the_name_of_an_encoder() {
        for choice in EncodingChoice::ALL {
            for text in choice.candidates {
                let encoding = text.parse::<Encoding>().expect("an encoding");
                assert_eq!(encoding.to_string(), *text);
            }
            assert!(encoder::find_by_name(choice.name).is_none(), "{}", choice.name);
            if let Some(encoding) = choice.encoding() {
                assert_eq!(named_encoding(choice.name), Ok(encoding));
            }
        }
        assert_eq!(named_encoding("mpeg4,g=5").map(|it| it.to_string()), Ok("mpeg4,g=5".into()));
    }
}
