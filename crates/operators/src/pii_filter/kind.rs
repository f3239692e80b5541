//! The kinds of personal data that are told apart, and where one was found.

/// A kind of personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// An address for electronic mail.
    Email,
    /// A telephone number.
    Phone,
    /// The number of a payment card.
    Card,
    /// An international bank account number.
    Iban,
    /// An address of the Internet Protocol.
    Ip,
    /// A key, token or password.
    Key,
}

/// Every kind with its name in recipes, in the order of the enum.
pub(super) const KINDS: [(Kind, &str); 6] = [
    (Kind::Email, "email"),
    (Kind::Phone, "phone"),
    (Kind::Card, "card"),
    (Kind::Iban, "iban"),
    (Kind::Ip, "ip"),
    (Kind::Key, "key"),
];

impl Kind {
    /// The name in recipes and in the column `pii`.
    pub(super) fn name(self) -> &'static str {
        KINDS.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    /// The kind of this name.
    pub(super) fn of(name: &str) -> Option<Kind> {
        KINDS.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }
}

/// A place in a text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// What it is.
    pub(super) kind: Kind,
    /// Its first byte.
    pub(super) start: usize,
    /// The byte after it.
    pub(super) end: usize,
}
