/// How a kiosk shows a poll.
public struct KioskPage: Hashable, Sendable {
  public enum Language: UInt8, Sendable, CaseIterable {
    case vi = 1
    case en = 2

    /// ISO 639: what messages and files carry.
    public var code: String {
      switch self {
      case .vi: "vi"
      case .en: "en"
      }
    }

    public init?(code: String) {
      guard let language = Self.allCases.first(where: { $0.code.isBytewise(code) }) else { return nil }
      self = language
    }
  }

  /// Those offered, in order; the first is the one that the next citizen finds.
  public var languages: [Language]
  /// After so long without a key the page is as for the next citizen. Milliseconds.
  public var idleTimeout: Int64
  public var thanks: LocalizedText
  /// How long it thanks, milliseconds.
  public var thanksDuration: Int64

  public init(
    languages: [Language] = [.vi, .en], idleTimeout: Int64 = 30_000,
    thanks: LocalizedText = LocalizedText(vi: "Xin cảm ơn Ông/Bà!", en: "Thank you!"), thanksDuration: Int64 = 2_000
  ) {
    self.languages = languages
    self.idleTimeout = idleTimeout
    self.thanks = thanks
    self.thanksDuration = thanksDuration
  }

  /// Every rule it must keep to be published.
  func violations() -> [Violation] {
    var found: [Violation] = []
    func check(_ holds: Bool, _ field: String, _ problem: String) {
      if !holds { found.append(Violation("kiosk.\(field)", problem)) }
    }
    check(!languages.isEmpty, "languages", "are missing")
    check(Set(languages).count == languages.count, "languages", "name one twice")
    check((5_000...600_000).contains(idleTimeout), "idle_timeout_ms", "must be 5000 to 600000")
    check(!thanks.vi.isEmpty, "thanks.vi", "is missing")
    found += thanks.violations("kiosk.thanks")
    check((500...10_000).contains(thanksDuration), "thanks_duration_ms", "must be 500 to 10000")
    return found
  }
}
