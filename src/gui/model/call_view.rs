//! What is shown of a call beside its panels: the diagram of its network, and the details of a part of it.

use crate::call::Observer;

/// The view of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallView {
    /// The diagram is hidden.
    pub is_hidden: bool,
    /// What is shown beside the diagram, or in its place.
    pub details: Option<Details>,
    /// The packet that was clicked in the list, by its place on the link.
    pub packet: Option<usize>,
}

/// Details of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Details {
    /// The packets on the link of the party with this number.
    Link(usize),
    /// What an observer sees and holds.
    Observer(Observer),
    /// Who sees what under every protection.
    Comparison,
}

/// What a user asks of the view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Show the diagram, or hide it.
    Toggle,
    /// Show these details, or close them if they are shown.
    Show(Details),
    /// Show more of this packet, or no more if that is shown.
    ShowPacket(usize),
    /// Close the details.
    CloseDetails,
}

impl CallView {
    /// Carries out a command.
    pub fn apply(&mut self, command: Command) {
        match command {
            Command::Toggle => self.is_hidden = !self.is_hidden,
            Command::Show(details) => {
                let is_shown = self.details == Some(details) && !self.is_hidden;
                *self = Self { details: (!is_shown).then_some(details), ..Self::default() };
            }
            Command::ShowPacket(at) => self.packet = (self.packet != Some(at)).then_some(at),
            Command::CloseDetails => (self.details, self.packet) = (None, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_open_close_and_replace_each_other() {
        let mut view = CallView::default();
        view.apply(Command::Show(Details::Link(0)));
        view.apply(Command::ShowPacket(7));
        assert_eq!((view.details, view.packet), (Some(Details::Link(0)), Some(7)));
        view.apply(Command::Show(Details::Comparison));
        assert_eq!((view.details, view.packet), (Some(Details::Comparison), None));
        view.apply(Command::Show(Details::Comparison));
        assert_eq!(view, CallView::default(), "clicked again");
        view.apply(Command::Toggle);
        view.apply(Command::Show(Details::Observer(Observer::Wire)));
        assert!(!view.is_hidden, "what is asked for is shown");
    }
}
