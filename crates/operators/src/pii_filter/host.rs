//! Addresses of the Internet Protocol, which look like versions, sections and object identifiers.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::context::Around;
use super::digits::{Gap, Group};

/// Words after which four numbers with points between them are something else.
const OTHER_WORDS: [&str; 21] = [
    "v", "ver", "version", "versions", "release", "rev", "build", "firmware", "driver", "update", "chrome", "firefox",
    "safari", "opera", "section", "chapter", "clause", "table", "figure", "rule", "oid",
];
/// Words without which four small numbers are no address.
const WORDS: [&str; 14] = [
    "ip", "ipv4", "address", "host", "server", "ping", "gateway", "dns", "router", "inet", "subnet", "from", "proxy",
    "addr",
];
/// Resolvers that belong to nobody's desk.
const RESOLVERS: [[u8; 4]; 6] =
    [[8, 8, 8, 8], [8, 8, 4, 4], [1, 1, 1, 1], [1, 0, 0, 1], [9, 9, 9, 9], [208, 67, 222, 222]];

/// Whether the run begins with an address of four groups.
pub(super) fn is_v4(around: Around<'_>, groups: &[Group], reserved: bool) -> bool {
    let [a, b, c, d, ..] = groups else { return false };
    let points = [a, b, c].iter().all(|group| group.gap == Gap::Point);
    let ends = matches!(d.gap, Gap::None | Gap::Space | Gap::Slash | Gap::Closing | Gap::Opening);
    if !points || !ends || around.goes_on(*d) {
        return false;
    }
    let mut octets = [0_u8; 4];
    for (octet, group) in octets.iter_mut().zip(groups) {
        let digits: Vec<u8> = around.digits(*group).collect();
        let number = std::str::from_utf8(&digits).ok().and_then(|digits| digits.parse().ok());
        match number {
            Some(number) if digits.len() == 1 || digits.first() != Some(&b'0') => *octet = number,
            _ => return false,
        }
    }
    let is_url = around.before(3).ends_with("://") || around.byte_before() == Some(b'@');
    if !is_url && (around.is_part_of_a_name() || around.has_word(&OTHER_WORDS)) {
        return false;
    }
    let is_network = octets[3] == 0 && d.gap == Gap::Slash;
    let is_small = octets.iter().all(|octet| *octet < 32);
    let is_address = !is_small || is_url || around.has_word(&WORDS);
    is_address && !is_network && octets[0] != 0 && (reserved || !is_kept_v4(octets))
}

fn is_kept_v4(octets: [u8; 4]) -> bool {
    let address = Ipv4Addr::from(octets);
    let is_shared = (octets[0] == 100 && (64..128).contains(&octets[1])) || octets.starts_with(&[192, 0, 0]);
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast()
        || octets[0] >= 240
        || is_shared
        || RESOLVERS.contains(&octets)
}

/// The end of a global unicast address (2000::/3) that begins here. Others begin with no digit, and belong to no one.
pub(super) fn v6_end(text: &str, start: usize, reserved: bool) -> Option<usize> {
    const LONGEST: usize = 45;
    let bytes = text.as_bytes();
    let head = bytes.get(start..start + 5)?;
    let begins = matches!(head[0], b'2' | b'3') && head[4] == b':' && head[..4].iter().all(u8::is_ascii_hexdigit);
    let before = start.checked_sub(1).and_then(|idx| bytes.get(idx));
    if !begins || before.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b':' || *byte == b'_') {
        return None;
    }
    let rest = bytes.get(start..)?;
    let is_part = |byte: &&u8| byte.is_ascii_hexdigit() || **byte == b':';
    let length = rest.iter().take(LONGEST).take_while(is_part).count();
    let candidate = text.get(start..start + length)?;
    let candidate = candidate.strip_suffix(':').filter(|rest| !rest.ends_with(':')).unwrap_or(candidate);
    let goes_on = bytes.get(start + candidate.len()).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let address: Ipv6Addr = candidate.parse().ok()?;
    let [first, second, ..] = address.segments();
    // 2001::/23 is kept for protocols; what ends in `::` is a network.
    let is_kept = first == 0x2001 && (second < 0x200 || second == 0xdb8) || candidate.ends_with(':');
    (!goes_on && (reserved || !is_kept)).then_some(start + candidate.len())
}
