//! Which schemes a target takes, and which lenses show it.

use crate::crypto::Scheme;
use crate::lens::Lens;
use crate::payload::Target;

/// A scheme that a target does not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// The standard of the target names one scheme.
    #[error("the target {target} is encrypted with {takes} and no other scheme; this is {scheme}")]
    OnlyOne {
        /// The target.
        target: Target,
        /// The scheme that it takes.
        takes: &'static str,
        /// The scheme that was given.
        scheme: Scheme,
    },
    /// Observers are those of a call.
    #[error("observer= is for a call; give a source such as call:media=raw")]
    NoCall,
    /// An observer sees what was transmitted.
    #[error(
        "observer= is for the scheme own, such as own:sizes,observer=wire: an observer sees packets as they were transmitted"
    )]
    ObservedScheme,
    /// The ciphertext of a file is that of its packets.
    #[error("own shows the packets of an encrypted file as they are; give the target packets, not {0}")]
    Own(Target),
    /// The ciphertext of a file is not encoded anew.
    #[error("own shows the packets of an encrypted file as they are; leave encode out of its panel")]
    EncodedOwn,
    /// XTS is for pixels and files.
    #[error(
        "{scheme} is for disks and takes pixels or a file; choose another scheme for the target {target}"
    )]
    Xts {
        /// The target.
        target: Target,
        /// The scheme that was given.
        scheme: Scheme,
    },
}

/// Checks that messages of a target can be encrypted with a scheme.
///
/// # Errors
/// [`TargetError`] says what the target takes.
pub fn check_target(target: Target, scheme: Scheme) -> Result<(), TargetError> {
    if scheme.is_own() {
        return if target == Target::Packets { Ok(()) } else { Err(TargetError::Own(target)) };
    }
    let only = |takes: &'static str| {
        let is_it = scheme.to_string() == takes;
        if is_it { Ok(()) } else { Err(TargetError::OnlyOne { target, takes, scheme }) }
    };
    match target {
        Target::Cenc => only("aes-128-ctr"),
        Target::Cbcs => only("aes-128-cbc+fixed-iv"),
        Target::Pixels | Target::File => Ok(()),
        Target::Packets | Target::Nal | Target::Slices | Target::Samples => {
            let is_xts = scheme.mode_title() == "XTS";
            if is_xts { Err(TargetError::Xts { target, scheme }) } else { Ok(()) }
        }
    }
}

/// True if a lens can show messages of a target.
#[must_use]
pub fn lens_suits(target: Target, lens: Lens) -> bool {
    let suits = match lens {
        // The sizes of several messages are compared; a file is one.
        Lens::Sizes => target != Target::File,
        // Of packets, only those that are encrypted in their file may have clear headers of slices.
        Lens::Footprint(_) => {
            matches!(target, Target::Packets | Target::Slices | Target::Cenc | Target::Cbcs)
        }
        Lens::Player => target.is_of_packets(),
        _ => true,
    };
    suits && lens.suits(target.is_pixels())
}

/// The scheme that a target is encrypted with if none is given.
#[must_use]
pub const fn default_scheme(target: Target) -> &'static str {
    match target {
        Target::Cenc => "aes-128-ctr",
        Target::Cbcs => "aes-128-cbc+fixed-iv",
        _ => "aes-128-ecb",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_encryption_takes_one_scheme_and_xts_takes_no_messages() {
        let scheme = |name: &str| name.parse::<Scheme>().expect("a scheme");
        for target in Target::ALL {
            assert_eq!(check_target(target, scheme(default_scheme(target))), Ok(()), "{target}");
        }
        assert!(check_target(Target::Cenc, scheme("aes-128-ctr+reused-nonce")).is_err());
        assert!(check_target(Target::Cbcs, scheme("aes-128-cbc")).is_err());
        for (target, is_taken) in [(Target::Pixels, true), (Target::File, true), (Target::Packets, false)] {
            assert_eq!(check_target(target, scheme("aes-256-xts")).is_ok(), is_taken, "{target}");
        }
        let counts = [
            (Target::Pixels, 10),
            (Target::File, 3),
            (Target::Nal, 5),
            (Target::Cenc, 6),
            (Target::Slices, 6),
        ];
        for (target, shown) in counts {
            let shown_by = Lens::ALL.iter().filter(|&&lens| lens_suits(target, lens));
            assert_eq!(shown_by.count(), shown, "{target}");
        }
        assert_eq!(check_target(Target::Nal, scheme("aes-256-gcm+reused-nonce")), Ok(()));
    }
}
