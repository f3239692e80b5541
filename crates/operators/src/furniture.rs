//! What the furniture of a web page says: menus, notices, calls to action. One list for all who look for it.

/// Phrases of menus, notices and calls to action, in small letters.
pub(crate) const FURNITURE: &[&str] = &[
    "accept all",
    "accept cookies",
    "add to cart",
    "all rights reserved",
    "back to top",
    "browsing data",
    "by using our",
    "click here",
    "collect your",
    "contact us",
    "cookie settings",
    "cookies are",
    "cookies help",
    "cookies may",
    "data protection officer",
    "follow us",
    "forgot your password",
    "free shipping",
    "leave a comment",
    "leave a reply",
    "log in",
    "manage preferences",
    "my account",
    "newsletter",
    "next page",
    "no comments",
    "our partners",
    "our services",
    "page not found",
    "page you are looking for",
    "personal data",
    "powered by",
    "previous post",
    "read more",
    "related articles",
    "related posts",
    "share on",
    "share this",
    "shopping cart",
    "sign in",
    "sign up",
    "site map",
    "sitemap",
    "skip to content",
    "skip to main",
    "subscribe",
    "terms and conditions",
    "terms of service",
    "this policy",
    "view all",
    "your cart",
    "your data",
    "your information",
    "your settings",
];

/// A longer line that holds one such phrase is more likely prose about it than furniture: it has to hold three, and one
/// in so many bytes.
pub(crate) const FURNITURE_LINE_BYTES: usize = 200;
/// See [`FURNITURE_LINE_BYTES`].
pub(crate) const BYTES_A_PHRASE: usize = 120;
/// So many short lines without a mark, one after the other, are a menu.
pub(crate) const MENU_LINES: usize = 5;
/// The longest entry of a menu.
pub(crate) const MENU_LINE_BYTES: usize = 30;

/// A row of links: `Home | About | Contact`.
pub(crate) fn is_menu(line: &str) -> bool {
    let bytes = line.as_bytes();
    let num_bars = memchr::memchr_iter(b'|', bytes).count();
    let num_separators = if line.is_ascii() { num_bars } else { line.matches(['|', '»', '›', '·', '•']).count() };
    num_separators >= 3 && line.len() <= num_separators * 40 && !line.ends_with('.')
}
