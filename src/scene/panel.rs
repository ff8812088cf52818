//! Panels: a scheme, seen through a lens; and their grammar, `SCHEME[:LENS][,option=value]…`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::target_rules::default_scheme;
use crate::call::{Observer, UnknownObserver};
use crate::crypto::{Scheme, UnknownScheme};
use crate::lens::{self, Lens, LensError};
use crate::media::rtp::CallMedia;
use crate::media::{self, Encoding, NoEncoding, StreamChoice, UnknownStream};
use crate::payload::{Target, UnknownTarget};
use crate::text::suggest;

/// One scheme seen through one lens, or the original.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Panel {
    /// The original.
    Plain,
    /// What an eavesdropper sees.
    Cipher {
        /// How the frames are encrypted.
        scheme: Scheme,
        /// What is made of the ciphertext.
        lens: Lens,
        /// What is encrypted, where this is not what the scene says.
        of: PanelTarget,
    },
}

/// What a panel encrypts, as its options state it; `None` for what the scene states. In a call, also whose panel it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PanelTarget {
    /// What is encrypted: `target=`.
    pub target: Option<Target>,
    /// The stream that is encrypted: `stream=`.
    pub stream: Option<StreamChoice>,
    /// How the source is encoded anew before: `encode=`.
    pub encoding: Option<Encoding>,
    /// Whose packets and keys are those of the panel, in a call: `observer=`. `None` for packets and no key.
    pub observer: Option<Observer>,
}

impl PanelTarget {
    /// The target and the stream of the scene.
    pub const OF_SCENE: Self = Self { target: None, stream: None, encoding: None, observer: None };
}

impl Panel {
    /// The panels of the window and of a figure: the original, ECB as bytes and through `tone`, and GCM.
    ///
    /// # Panics
    /// Never: the names are those of this version.
    #[must_use]
    pub fn defaults() -> Vec<Self> {
        Self::named(["plain", "aes-128-ecb", "aes-128-ecb:tone", "aes-128-gcm"])
    }

    /// The panels of a figure of a target: the [defaults](Self::defaults) for pixels; else the original, the default scheme
    /// of the target as bytes and through `repeats`, and GCM if the target takes it,
    /// through `sizes` where these differ.
    ///
    /// # Panics
    /// Never: the names are those of this version.
    #[must_use]
    pub fn shown(target: Target) -> Vec<Self> {
        match target {
            Target::Pixels => Self::defaults(),
            Target::Cenc => Self::named(["plain", "aes-128-ctr", "aes-128-ctr:sizes"]),
            Target::Cbcs => {
                let scheme = default_scheme(target);
                Self::named(["plain", scheme, &format!("{scheme}:repeats"), &format!("{scheme}:sizes")])
            }
            Target::File | Target::Samples => {
                Self::named(["plain", "aes-128-ecb", "aes-128-ecb:repeats", "aes-128-gcm"])
            }
            Target::Packets | Target::Nal | Target::Slices => {
                Self::named(["plain", "aes-128-ecb", "aes-128-ecb:repeats", "aes-128-gcm:sizes"])
            }
        }
    }

    /// The panels of a source that is encrypted already, without its content key.
    ///
    /// # Panics
    /// Never: the names are those of this version.
    #[must_use]
    pub fn own() -> Vec<Self> {
        Self::named(["own", "own:repeats", "own:sizes"])
    }

    /// The panels of a call: the original, and what each observer has of it.
    #[must_use]
    pub fn of_call(media: CallMedia) -> Vec<Self> {
        // Equal blocks are there if the media are not compressed; sizes always are.
        let lens = if media == CallMedia::Raw { Lens::Repeats } else { Lens::Sizes };
        let seen = |observer| {
            let of = PanelTarget { observer: Some(observer), ..PanelTarget::OF_SCENE };
            Self::Cipher { scheme: Scheme::OWN, lens, of }
        };
        std::iter::once(Self::Plain).chain(Observer::ALL.map(seen)).collect()
    }

    /// The panels of `measure`, which need no preparation: ECB and GCM, or the scheme of the target if it takes one only.
    ///
    /// # Panics
    /// Never: the names are those of this version.
    #[must_use]
    pub fn measured(target: Target) -> Vec<Self> {
        match target {
            Target::Cenc | Target::Cbcs => Self::named([default_scheme(target)]),
            _ => Self::named(["aes-128-ecb", "aes-128-gcm"]),
        }
    }

    fn named<const N: usize>(names: [&str; N]) -> Vec<Self> {
        names.map(|name| name.parse().expect("a panel of this version")).into()
    }

    /// The ciphertext of a scheme as it is.
    #[must_use]
    pub const fn of(scheme: Scheme) -> Self {
        Self::through(scheme, Lens::Ciphertext)
    }

    /// The ciphertext of a scheme, seen through a lens.
    #[must_use]
    pub const fn through(scheme: Scheme, lens: Lens) -> Self {
        Self::Cipher { scheme, lens, of: PanelTarget::OF_SCENE }
    }

    /// The same panel with another scheme. The original has no lens: it becomes the ciphertext as it is.
    #[must_use]
    pub fn with_scheme(self, scheme: Scheme) -> Self {
        match self {
            Self::Plain => Self::of(scheme),
            Self::Cipher { lens, of, .. } => {
                let observer = of.observer.filter(|_| scheme.is_own());
                Self::Cipher { scheme, lens, of: PanelTarget { observer, ..of } }
            }
        }
    }

    /// The same panel with another lens. The original stays what it is.
    #[must_use]
    pub const fn with_lens(self, lens: Lens) -> Self {
        match self {
            Self::Plain => Self::Plain,
            Self::Cipher { scheme, of, .. } => Self::Cipher { scheme, lens, of },
        }
    }

    /// The same panel with a target and a stream of its own. The original stays what it is.
    #[must_use]
    pub const fn with_target(self, of: PanelTarget) -> Self {
        match self {
            Self::Plain => Self::Plain,
            Self::Cipher { scheme, lens, .. } => Self::Cipher { scheme, lens, of },
        }
    }

    /// The target and the stream that its options state.
    #[must_use]
    pub const fn own_target(self) -> PanelTarget {
        match self {
            Self::Plain => PanelTarget::OF_SCENE,
            Self::Cipher { of, .. } => of,
        }
    }

    /// The lens of the panel; `None` for the original.
    #[must_use]
    pub const fn lens(self) -> Option<Lens> {
        match self {
            Self::Plain => None,
            Self::Cipher { lens, .. } => Some(lens),
        }
    }

    /// The scheme of the panel; `None` for the original.
    #[must_use]
    pub const fn scheme(self) -> Option<Scheme> {
        match self {
            Self::Plain => None,
            Self::Cipher { scheme, .. } => Some(scheme),
        }
    }

    /// True for the ciphertext that the file holds already.
    #[must_use]
    pub fn is_own(self) -> bool {
        self.scheme().is_some_and(Scheme::is_own)
    }

    /// True for the ciphertext that the file holds already, if the panel does not state a target: a scene of such a panel
    /// has the target packets unless it states another.
    #[must_use]
    pub fn implies_packets(self) -> bool {
        self.is_own() && self.own_target().target.is_none()
    }

    /// The title without the lens: `Original`, `AES-128-CTR, reused nonce`, `AES-128-ECB of packets`.
    #[must_use]
    pub fn title(self) -> String {
        match (self.own_target().observer, self.scheme()) {
            (Some(observer), _) => observer.title().to_owned() + &self.of_target(),
            (None, Some(scheme)) => scheme.title() + &self.of_target(),
            (None, None) => "Original".into(),
        }
    }

    /// The target, the stream and the encoder of the panel's own as they follow the name of a scheme: ` of packets`,
    /// ` of packets of a:0`, ` of mpeg4 packets`, `, encoded with mpeg4`; empty if they are those of the scene.
    #[must_use]
    pub fn of_target(self) -> String {
        let PanelTarget { target, stream, encoding, .. } = self.own_target();
        let encoder = encoding.filter(|_| target.is_none_or(Target::is_of_packets)).map(Encoding::encoder);
        let target = match (target, encoder) {
            (Some(target), Some(encoder)) => Some(format!(" of {encoder} {}", target.noun())),
            (Some(target), None) => Some(format!(" of {}", target.noun())),
            (None, Some(encoder)) => Some(format!(", encoded with {encoder}")),
            (None, None) => None,
        };
        let stream = stream.map(|stream| format!(" of {stream}"));
        [target, stream].into_iter().flatten().collect()
    }

    /// The title with the lens: `AES-128-ECB through outline`.
    #[must_use]
    pub fn title_with_lens(self) -> String {
        self.title_through(Lens::title)
    }

    /// The title with the lens and all its options: `AES-128-ECB through tone,vector=1`.
    #[must_use]
    pub fn full_title(self) -> String {
        self.title_through(Lens::full_title)
    }

    fn title_through(self, title: fn(Lens) -> String) -> String {
        match self {
            Self::Plain => self.title(),
            Self::Cipher { lens, .. } => {
                format!("{} {} {}", self.title(), lens.kind().preposition, title(lens))
            }
        }
    }
}

impl FromStr for Panel {
    type Err = PanelError;

    /// Reads `plain` or `SCHEME[:LENS][,option=value]…`; the options are `target`, `stream`, `encode`, `observer` and
    /// those of the lens.
    fn from_str(text: &str) -> Result<Self, PanelError> {
        let mut parts = lens::options(text);
        let name = parts.next().unwrap_or_default();
        if name == "plain" {
            return match text.split_once(',') {
                None => Ok(Self::Plain),
                Some((_, options)) => Err(PanelError::PlainOption(options.into())),
            };
        }
        let (scheme, lens) = name.split_once(':').map_or((name, None), |(name, lens)| (name, Some(lens)));
        let scheme = scheme.parse::<Scheme>().map_err(|error| PanelError::no_scheme(scheme, lens, error))?;
        let mut lens = lens.map_or(Ok(Lens::default()), str::parse)?;
        let mut of = PanelTarget::OF_SCENE;
        for option in parts {
            match option.split_once('=') {
                Some(("target", target)) => of.target = Some(target.parse()?),
                Some(("stream", stream)) => of.stream = Some(stream.parse()?),
                Some(("encode", encoding)) => of.encoding = Some(media::named_encoding(encoding)?),
                Some(("observer", observer)) => of.observer = Some(observer.parse()?),
                _ => lens = lens.with_option(option)?,
            }
        }
        Ok(Self::Cipher { scheme, lens, of })
    }
}

impl fmt::Display for Panel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain => return f.write_str("plain"),
            Self::Cipher { scheme, lens: Lens::Ciphertext, .. } => scheme.fmt(f)?,
            Self::Cipher { scheme, lens, .. } => write!(f, "{scheme}:{lens}")?,
        }
        let PanelTarget { target, stream, encoding, observer } = self.own_target();
        target.map_or(Ok(()), |target| write!(f, ",target={target}"))?;
        stream.map_or(Ok(()), |stream| write!(f, ",stream={stream}"))?;
        encoding.map_or(Ok(()), |encoding| write!(f, ",encode={}", encoding.in_panel()))?;
        observer.map_or(Ok(()), |observer| write!(f, ",observer={observer}"))
    }
}

impl Serialize for Panel {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Panel {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Why a text is no panel.
#[derive(Debug, thiserror::Error)]
pub enum PanelError {
    /// Neither `plain` nor a scheme.
    #[error("{0}; or plain for the original, or own for the ciphertext of a file that is encrypted already")]
    Scheme(#[from] UnknownScheme),
    /// An unknown lens, or an option that the lens does not take.
    #[error(transparent)]
    Lens(#[from] LensError),
    /// An unknown target.
    #[error(transparent)]
    Target(#[from] UnknownTarget),
    /// The option `stream` names no stream.
    #[error(transparent)]
    Stream(#[from] UnknownStream),
    /// The option `encode` names no encoder.
    #[error(transparent)]
    Encoding(#[from] NoEncoding),
    /// The option `observer` names no observer.
    #[error(transparent)]
    Observer(#[from] UnknownObserver),
    /// A misspelt `plain`.
    #[error(
        "there is no panel {0:?} (did you mean plain?); give plain, or SCHEME[:LENS] such as aes-128-ecb:repeats"
    )]
    Plain(String),
    /// A lens where a scheme should stand before it.
    #[error("{0:?} is a lens; write SCHEME:LENS, such as aes-128-ecb:{0}")]
    LensAlone(String),
    /// An option of `plain`, which takes none.
    #[error("the panel plain takes no options, but is given {0:?}")]
    PlainOption(String),
}

impl PanelError {
    /// The error for a name that no scheme has.
    fn no_scheme(name: &str, lens: Option<&str>, error: UnknownScheme) -> Self {
        match lens {
            None if Lens::ALL.iter().any(|lens| lens.name() == name) => Self::LensAlone(name.into()),
            None if suggest::closest(name, ["plain"]).is_some() => Self::Plain(name.into()),
            _ => Self::Scheme(error),
        }
    }
}
