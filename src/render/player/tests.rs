use std::ops::ControlFlow;

use super::*;
use crate::media::{self, Source};
use crate::payload::Target;
use crate::picture::layout::Layout;
