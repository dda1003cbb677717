/// A language that a kiosk's page is shown in: what the poll's author wrote in it, and our own words in Vietnamese unless
/// it is English.
struct KioskLanguage: Sendable, Hashable, CustomStringConvertible {
  static let vietnamese = KioskLanguage(.vi)
  static let english = KioskLanguage(.en)

  /// BCP 47 (RFC 5646), for example `km`.
  var tag: String

  init(tag: String) {
    self.tag = tag
  }

  init(_ language: Language) {
    tag = language.rawValue
  }

  /// What our own words are in.
  var words: Language { Language(rawValue: tag) ?? .vi }

  var description: String { tag }

  /// What those who speak it look for. Of a language that we cannot name: its tag.
  var name: String {
    let primary = tag.split(separator: "-").first.map(String.init) ?? tag
    return Self.names[primary] ?? tag
  }

  /// By ISO 639 code, as the census of Viet Nam spells them.
  private static let names = [
    "vi": "Tiếng Việt", "en": "English", "zh": "中文", "km": "Khmer", "lo": "Lào", "tyz": "Tày", "nut": "Nùng",
    "mtq": "Mường", "hmn": "Mông", "ium": "Dao", "cjm": "Chăm", "rad": "Ê Đê", "jra": "Gia Rai", "bdq": "Ba Na",
    "kpm": "Cơ Ho", "sed": "Xơ Đăng",
  ]
}

extension Text {
  /// In that language; where nobody wrote it so, in that of our own words.
  func callAsFunction(_ language: KioskLanguage) -> String {
    others[language.tag] ?? callAsFunction(language.words)
  }

  /// Our own words before an author's, in every language of his.
  func led(by words: Text) -> Text {
    Text(vi: words.vi + vi, en: words.en + en, others: others.mapValues { words.vi + $0 })
  }

  /// The same behind them.
  func followed(by words: Text) -> Text {
    Text(vi: vi + words.vi, en: en + words.en, others: others.mapValues { $0 + words.vi })
  }
}
