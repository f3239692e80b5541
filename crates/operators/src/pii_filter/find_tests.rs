//! What is found and, as much to the point, what is not.

use super::find::Finder;
use super::kind::{KINDS, Kind};
use super::mask::masked;

fn found(text: &str, reserved: bool) -> Vec<(&'static str, String)> {
    let finder = Finder::new(KINDS.iter().map(|(kind, _)| *kind).collect(), reserved).unwrap();
    let found = finder.find(text);
    found.iter().map(|place| (place.kind.name(), text[place.start..place.end].to_owned())).collect()
}

/// What stands between `{` and `}` has to be found, as one of this kind, and nothing else.
fn check(kind: &str, marked: &[&str]) {
    for marked in marked {
        let text = marked.replace(['{', '}'], "");
        let expected: Vec<(&str, String)> =
            marked.split('{').skip(1).map(|rest| (kind, rest.split('}').next().unwrap().to_owned())).collect();
        assert_eq!(found(&text, false), expected, "{marked}");
    }
}

#[test]
fn addresses_for_mail() {
    check(
        Kind::Email.name(),
        &[
            "Write to {jane.doe+lists@mail.uni-koeln.de}, please.",
            "<{j_d@x1.co.uk}>",
            "mailto:{a@b.io}?subject=x",
            "({first.last@firm.museum}).",
            "Mail {info@city.org}. Then wait.",
            "Kontakt:{hans@müller-verlag.de}".replace("müller", "mueller").as_str(),
            "sign up with name@example.com or root@localhost",
            "icon@2x.png, lodash@4.17.21, @property, a @ b, user@, @user@mastodon.social",
            "git clone git@github.com:rust-lang/rust.git",
            "ssh deploy@build.test",
            "twitter @handle.name",
            "x@y",
        ],
    );
}

#[test]
fn telephone_numbers() {
    check(
        Kind::Phone.name(),
        &[
            "Call {+49 30 901820} today",
            "({+1 (202) 944-6000})",
            "from {+44 (0)20 7219 3000}, or",
            "{+33142685300}",
            "Fax: {(202) 944-6166}.",
            "{212-736-5000} or {(212) 736 5001}",
            "toll-free {1-800-827-1000}",
            "{415.392.8000}",
            "{01 42 68 53 00}",
            "Tel. {030/901820}",
            "Phone: {5551234567}",
            "telephone {(30) 8305-1234}",
            "téléphone : {01.42.68.53.00}",
            "Rathaus {030/90182000}, Zimmer 4",
            "Ring {020 7219 3000} now",
            "mobile no. {0176 123 45678}",
            "電話{+81 3-3581-0101}",
        ],
    );
}

#[test]
fn what_is_no_telephone_number() {
    check(
        Kind::Phone.name(),
        &[
            "born 12-03-1879, died 18-04-1955; 2020-01-02 12:30; 1914-1918 and 1939 1945",
            "ISBN 0-306-40615-2, ISBN 978-3-16-148410-0, ISSN 0317-8471, ISBN 0306 406 152",
            "arXiv:2101.00001v2, doi:10.1000/182, PMID 12345678, patent 7654321",
            "The table: 1200 3400 5600 7800\n0.123 4567 8901",
            "population 8 336 817 in 2019, 1,234,567 in 1950",
            "at 40.712776, -74.005974; 52.5200 13.4050",
            "1234567890 and 9876543210 are large; pi is 3.14159265358979",
            "https://example.org/item/212-736-5000, #2127365000, id_2127365000",
            "02 03 04 05 06 07 08 are hours",
            "x = +12345678; UTC+0530 1234567; 10^+123456789012",
            "The phone was sold 12 000 000 times? In 2007-2010 the iPhone 4 sold 1.7 million.",
            "Chapter 212 - 736 pages; 123-45-6789; 12-345-6789; 555-1234",
            "call in 1995-1999 and 01/02/2003",
            "fictional: 212-555-0143, +1 202 555 0100, 020 7946 0123",
            "version 212.736.5000",
            "100 200 300 4000 and 2.500 300 4000",
        ],
    );
}

#[test]
fn cards() {
    check(
        Kind::Card.name(),
        &[
            "paid with {4539 1488 0343 6467} today",
            "{5500-0055-5555-5559}",
            "{378282246310005} is an Amex",
            "{6011111111111117}",
            "card {4222222222222}",
            "4539 1488 0343 6468 has a wrong check digit",
            "4222222222222 has thirteen digits and no word",
            "9999 9999 9999 9995; 0000 0000 0000 0000; 1234 5678 9012 3452",
            "row 4539 1488 0343 6467 1200 1300",
            "sha 4539148803436467abc, /4539148803436467, 0.4539148803436467",
            "9783161484100 is a book",
        ],
    );
}

#[test]
fn bank_accounts() {
    check(
        Kind::Iban.name(),
        &[
            "IBAN {DE89 3704 0044 0532 0130 00} BIC COBADEFF",
            "to {GB82WEST12345698765432}.",
            "{FR14 2004 1010 0505 0001 3M02 606}",
            "DE88 3704 0044 0532 0130 00 is wrong",
            "XX89 3704 0044 0532 0130 00",
            "AB12 CD34 EF56 GH78",
        ],
    );
}

#[test]
fn addresses_of_hosts() {
    check(
        Kind::Ip.name(),
        &[
            "logged in from {93.184.216.34} at noon",
            "http://{93.184.216.34}:8080/x and {151.101.1.69}/24.",
            "IP {12.7.9.3}",
            "[{2606:2800:220:1:248:1893:25c8:1946}]",
            "{2a00:1450:4001::200e}",
            "127.0.0.1, 10.1.2.3, 192.168.0.1, 172.16.5.5, 192.0.2.7, 255.255.255.0, 8.8.8.8, 2001:db8::1",
            "version 93.184.216.34, v93.184.216.34, Chrome/93.0.216.34, firmware 93.184.216.34",
            "section 1.2.3.4 and 4.3.2.1 The sixth rule",
            "1.3.6.1.4.1.311 is an object identifier, 256.1.1.1 is not, nor is 093.184.216.34",
            "93.184.216.34-beta; 93.184.216.34a; at 12:30:45; std::vector; 00:1a:2b:3c:4d:5e; 2001:30",
        ],
    );
}

#[test]
fn keys() {
    let random = "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY1zA2";
    check(
        Kind::Key.name(),
        &[
            "AWS_ACCESS_KEY_ID={AKIA2E4XQ7ZP3LMN5RST}",
            &format!("token {{ghp_{random}}}, "),
            &format!("{{sk-proj-{random}}}"),
            &format!("{{AIzaSy{}}}", &random[..33]),
            "{xoxb-123456789012-aB3dE5fG7hJ9}",
            "{eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U}",
            "api_key = \"{9f8e7d6c5b4a39281706f5e4d3c2b1a0}\"",
            "SECRET_TOKEN: '{q8Zx71LmPw02Rt5Y}'",
            "postgres://{app:s3cr3tPw9}@db.internal.net/x",
            "AKIAIOSFODNN7EXAMPLE; ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; api_key = YOUR_API_KEY_GOES_HERE_0123",
            "task-based, disk-sk-learn-with-many-words-in-a-row, sk-learn-contributed-modules",
            "token = tokenizer.next_token(); secret: the_quick_brown_fox_jumps; password: ********************",
            "https://user:password@host.org/x https://{user}:{pass}@x.org".replace(['{', '}'], "<").as_str(),
            "The secretary broke her token: unspoken passwords were forgotten.",
        ],
    );
    let block = format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----", random.repeat(3));
    assert_eq!(found(&format!("x {block} y"), false), [("key", block.clone())]);
    assert!(found("-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----", false).is_empty());
}

#[test]
fn what_is_kept_for_documentation_may_count() {
    for text in ["name@example.com", "192.168.0.1", "212-555-0143", "AKIAIOSFODNN7EXAMPLE", "2001:db8::1"] {
        assert_eq!(found(text, true).len(), 1, "{text}");
    }
}

#[test]
fn a_masked_text_holds_nothing_more() {
    let text = "Ann, ann@firm.org, +49 30 901820, DE89 3704 0044 0532 0130 00, 93.184.216.34, card 4539 1488 0343 6467";
    let finder = Finder::new(KINDS.iter().map(|(kind, _)| *kind).collect(), false).unwrap();
    let found = finder.find(text);
    assert_eq!(found.len(), 5);
    let hidden = masked(text, &found);
    assert!(finder.find(&hidden).is_empty(), "{hidden}");
    assert_eq!(
        hidden,
        "Ann, [EMAIL-----], [PHONE------], [IBAN---------------------], [IP---------], card [CARD-------------]"
    );
}

#[test]
fn a_long_table_of_numbers_takes_no_time() {
    let table = "12 345 6789 ".repeat(100_000);
    assert!(found(&table, false).is_empty());
}
