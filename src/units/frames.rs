//! Ranges of frames, and lists of frame numbers and ranges.

use std::fmt;
use std::str::FromStr;

use super::FrameIndex;

/// Frames from one number to another, both included, written `A-B`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FrameRange {
    /// The first frame.
    pub first: FrameIndex,
    /// The last frame; not before the first.
    pub last: FrameIndex,
}

impl FrameRange {
    /// Frame 0 alone.
    pub const FIRST: Self = Self { first: FrameIndex(0), last: FrameIndex(0) };

    /// True if it includes `frame`.
    #[must_use]
    pub const fn contains(self, frame: FrameIndex) -> bool {
        self.first.0 <= frame.0 && frame.0 <= self.last.0
    }
}

impl fmt::Display for FrameRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.first, self.last)
    }
}

impl FromStr for FrameRange {
    type Err = BadRange;

    fn from_str(text: &str) -> Result<Self, BadRange> {
        let (first, last) = text.split_once('-').ok_or(BadRange::Form)?;
        let (first, last) = number(first).zip(number(last)).ok_or(BadRange::Form)?;
        if last < first { Err(BadRange::Backwards) } else { Ok(Self { first, last }) }
    }
}

/// A range that cannot be parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRange {
    /// The text is not two numbers.
    #[error("write a range of frames as A-B, both included, such as 0-99")]
    Form,
    /// The range ends before it starts.
    #[error("the range ends before it starts; write the smaller number first")]
    Backwards,
}

/// Consecutive frames, from the first to the last, or to the end of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FrameSpan {
    /// The first frame.
    pub first: FrameIndex,
    /// The last frame, not before the first; `None` for the end of the source.
    pub last: Option<FrameIndex>,
}

impl FrameSpan {
    /// True if it includes `frame`.
    #[must_use]
    pub fn contains(self, frame: FrameIndex) -> bool {
        self.first <= frame && self.last.is_none_or(|last| frame <= last)
    }
}

impl fmt::Display for FrameSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.last {
            Some(last) if last == self.first => self.first.fmt(f),
            Some(last) => write!(f, "{}-{last}", self.first),
            None => write!(f, "{}-", self.first),
        }
    }
}

impl FromStr for FrameSpan {
    type Err = BadList;

    fn from_str(text: &str) -> Result<Self, BadList> {
        let (first, last) = match text.split_once('-') {
            None => (text, Some(text)),
            Some((first, "")) => (first, None),
            Some((first, last)) => (first, Some(last)),
        };
        let first = number(first).ok_or(BadList::Form)?;
        let last = last.map(|last| number(last).ok_or(BadList::Form)).transpose()?;
        if last.is_some_and(|last| last < first) { Err(BadList::Backwards) } else { Ok(Self { first, last }) }
    }
}

/// Frames in ascending order, each once, written as numbers and ranges: `3,7,20-25`, `100-` to the end.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FrameList {
    /// At least one span, in ascending order, with a gap of a frame or more between any two.
    spans: Vec<FrameSpan>,
}

impl FrameList {
    /// Consecutive frames, from the first to the last, which is not before the first; or to the end of the source.
    #[must_use]
    pub fn span(first: FrameIndex, last: Option<FrameIndex>) -> Self {
        Self { spans: vec![FrameSpan { first, last }] }
    }

    /// The frames of all spans in ascending order, each once; `None` without any span.
    #[must_use]
    pub fn of(spans: impl IntoIterator<Item = FrameSpan>) -> Option<Self> {
        let mut sorted: Vec<FrameSpan> = spans.into_iter().collect();
        sorted.sort_unstable_by_key(|span| span.first);
        let mut spans: Vec<FrameSpan> = Vec::with_capacity(sorted.len());
        for span in sorted {
            match spans.last_mut() {
                Some(before) if before.last.is_none_or(|last| span.first.0 <= last.0.saturating_add(1)) => {
                    before.last = before.last.zip(span.last).map(|(one, other)| one.max(other));
                }
                _ => spans.push(span),
            }
        }
        (!spans.is_empty()).then_some(Self { spans })
    }

    /// The spans in ascending order, with a gap of a frame or more between any two.
    #[must_use]
    pub fn spans(&self) -> &[FrameSpan] {
        &self.spans
    }

    /// The first frame.
    #[must_use]
    pub fn first(&self) -> FrameIndex {
        self.spans.first().map_or(FrameIndex(0), |span| span.first)
    }

    /// The last frame; `None` for the end of the source.
    #[must_use]
    pub fn last(&self) -> Option<FrameIndex> {
        self.spans.last().and_then(|span| span.last)
    }

    /// True if it includes `frame`.
    #[must_use]
    pub fn contains(&self, frame: FrameIndex) -> bool {
        let after = self.spans.partition_point(|span| span.first <= frame);
        after.checked_sub(1).is_some_and(|at| self.spans[at].contains(frame))
    }

    /// How many frames the list has; `None` if it goes to the end of the source.
    #[must_use]
    pub fn count(&self) -> Option<u64> {
        let counts = self.spans.iter().map(|span| span.last.map(|last| last.0 - span.first.0 + 1));
        counts.sum()
    }
}

impl From<FrameRange> for FrameList {
    fn from(FrameRange { first, last }: FrameRange) -> Self {
        Self::span(first, Some(last))
    }
}

impl fmt::Display for FrameList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, span) in self.spans.iter().enumerate() {
            if at > 0 {
                f.write_str(",")?;
            }
            span.fmt(f)?;
        }
        Ok(())
    }
}

impl FromStr for FrameList {
    type Err = BadList;

    fn from_str(text: &str) -> Result<Self, BadList> {
        let spans = text.split(',').map(str::parse).collect::<Result<Vec<FrameSpan>, BadList>>()?;
        Self::of(spans).ok_or(BadList::Form)
    }
}

/// A list of frames that cannot be parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadList {
    /// The text is not a list of numbers and ranges.
    #[error("write frames as A-B, both included, A- to the end, or a list of these such as 3,7,20-25")]
    Form,
    /// A range ends before it starts.
    #[error("a range ends before it starts; write the smaller number first")]
    Backwards,
}

/// A number without a sign: `parse` alone would accept one.
fn number(digits: &str) -> Option<FrameIndex> {
    Some(digits)
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?
        .parse()
        .ok()
        // Not the largest number, so that the number of frames fits too.
        .filter(|&number| number < u64::MAX)
        .map(FrameIndex)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ranges_include_both_ends_and_run_forwards() {
        let range = |text: &str| text.parse::<FrameRange>();
        let ten = range("10-20").expect("a range");
        assert_eq!(ten, FrameRange { first: FrameIndex(10), last: FrameIndex(20) });
        assert_eq!(ten.to_string(), "10-20");
        let inside = [9, 10, 20, 21].map(|frame| ten.contains(FrameIndex(frame)));
        assert_eq!(inside, [false, true, true, false]);
        assert!(range("7-7").is_ok());
        assert!(matches!(range("20-10"), Err(BadRange::Backwards)));
        for text in ["", "5", "-5", "5-", "1-2-3", "a-b", "+1-2"] {
            assert!(matches!(range(text), Err(BadRange::Form)), "{text:?}");
        }
    }

    #[test]
    fn a_list_is_sorted_and_has_each_frame_once() {
        for (text, written, count) in [
            ("5", "5", Some(1)),
            ("3,7,20-25", "3,7,20-25", Some(8)),
            ("20-25,7,3,22,7", "3,7,20-25", Some(8)),
            ("1,2,3", "1-3", Some(3)),
            ("0-4,2-9,10", "0-10", Some(11)),
            ("100-", "100-", None),
            ("100-,7,200-300", "7,100-", None),
        ] {
            let list: FrameList = text.parse().expect(text);
            assert_eq!((list.to_string().as_str(), list.count()), (written, count), "{text}");
        }
        for text in ["", ",", "3,", "-5", "1-2-3", "a", "+1", "3, 7", "1--", "18446744073709551615"] {
            assert_eq!(text.parse::<FrameList>(), Err(BadList::Form), "{text:?}");
        }
        assert_eq!("3,20-10".parse::<FrameList>(), Err(BadList::Backwards));
    }

    proptest! {
        #[test]
        fn a_list_has_the_frames_of_its_spans_and_is_parsed_from_its_own_text(
            given in prop::collection::vec((0u64..60, prop::option::of(0u64..9)), 1..8),
        ) {
            let spans = given.iter().map(|&(first, more)| FrameSpan {
                first: FrameIndex(first),
                last: more.map(|more| FrameIndex(first + more)),
            });
            let list = FrameList::of(spans.clone()).expect("there are some");
            prop_assert_eq!(list.to_string().parse::<FrameList>(), Ok(list.clone()));
            let listed: Vec<u64> = (0..80).filter(|&frame| list.contains(FrameIndex(frame))).collect();
            let expected: Vec<u64> =
                (0..80).filter(|&frame| spans.clone().any(|span| span.contains(FrameIndex(frame)))).collect();
            prop_assert_eq!(&listed, &expected);
            prop_assert_eq!(Some(list.first().0), listed.first().copied());
            if let Some(last) = list.last() {
                prop_assert_eq!(Some(last.0), listed.last().copied());
                prop_assert_eq!(list.count(), Some(listed.len() as u64));
            }
        }
    }
}
