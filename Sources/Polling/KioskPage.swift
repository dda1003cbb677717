/// How a kiosk shows a poll.
public struct KioskPage: Hashable, Sendable {
  public struct Language: Hashable, Sendable {
    public static let vi = Language(ascii: "vi")
    public static let en = Language(ascii: "en")

    /// BCP 47 (RFC 5646): what messages and files carry. ASCII.
    public let code: String

    private init(ascii: String) { code = ascii }

    /// Nil: no language is called so.
    public init?(code: String) {
      guard LanguageTag.isValid(code) else { return nil }
      self.code = code
    }
  }

  /// Most languages of a page: ours, and those that a text may be translated to.
  public static let mostLanguages = 2 + LocalizedText.mostOthers

  /// Most that are put after a rating.
  public static let mostQuestions = 20

  /// Those of a page that names none: ours, then all that questions are there in.
  public static func usualLanguages(of questions: [Question]) -> [Language] {
    let written = questions.prefix(100).flatMap { $0.text.others.prefix(LocalizedText.mostOthers) }
      .compactMap { Language(code: $0.language) }
    return [.vi, .en]
      + Set(written).subtracting([.vi, .en]).sorted { $0.code < $1.code }
      .prefix(LocalizedText.mostOthers)
  }

  /// Those offered, in order; the first is the one that the next citizen finds.
  public var languages: [Language]
  /// After so long without a key the page is as for the next citizen. Milliseconds.
  public var idleTimeout: Int64
  public var thanks: LocalizedText
  /// How long it thanks, milliseconds.
  public var thanksDuration: Int64
  /// Optional questions that are put after every rating, in the poll's order, each with one key to skip it; besides these the
  /// ones that are asked because of the rating.
  public var questions: [String]

  public init(
    languages: [Language] = [.vi, .en], idleTimeout: Int64 = 30_000,
    thanks: LocalizedText = LocalizedText(vi: "Xin cảm ơn Ông/Bà!", en: "Thank you!"), thanksDuration: Int64 = 2_000,
    questions: [String] = []
  ) {
    self.languages = languages
    self.idleTimeout = idleTimeout
    self.thanks = thanks
    self.thanksDuration = thanksDuration
    self.questions = questions
  }

  /// Every rule it must keep to be published.
  ///
  /// - Parameter questions: what it shows.
  func violations(showing questions: [Question]) -> [Violation] {
    var found: [Violation] = []
    func check(_ holds: Bool, _ field: String, _ problem: String) {
      if !holds { found.append(Violation("kiosk.\(field)", problem)) }
    }
    check(!languages.isEmpty, "languages", "are missing")
    check(Set(languages).count == languages.count, "languages", "name one twice")
    check(languages.count <= Self.mostLanguages, "languages", "are more than \(Self.mostLanguages)")
    for (index, language) in languages.prefix(Self.mostLanguages).enumerated()
    where language != .vi && language != .en {
      check(
        questions.prefix(100).contains { $0.text.others.contains { $0.language.isBytewise(language.code) } },
        "languages[\(index)]", "is a language that no question is there in")
    }
    check((5_000...600_000).contains(idleTimeout), "idle_timeout_ms", "must be 5000 to 600000")
    check(!thanks.vi.isEmpty, "thanks.vi", "is missing")
    found += thanks.violations("kiosk.thanks")
    check((500...10_000).contains(thanksDuration), "thanks_duration_ms", "must be 500 to 10000")
    check(self.questions.count <= Self.mostQuestions, "questions", "are more than \(Self.mostQuestions)")
    let rating = questions.first { !$0.isOptional } ?? questions.first
    // What may have an answer at a kiosk: the rating, what follows it, and what is asked because of it.
    var answered = Array(self.questions.prefix(Self.mostQuestions))
    if let rating {
      answered.append(rating.id)
      answered += questions.prefix(100).filter { question in
        question.isOptional && question.choices.count <= 9
          && (question.askedIf?.tests.contains { $0.question.isBytewise(rating.id) } ?? false)
      }.map(\.id)
    }
    for (index, id) in self.questions.prefix(Self.mostQuestions).enumerated() {
      let field = "questions[\(index)]"
      guard let question = questions.prefix(100).first(where: { $0.id.isBytewise(id) }), question.isOptional else {
        check(false, field, "must be the id of a question that is optional")
        continue
      }
      check(question.id != rating?.id, field, "is the rating itself")
      check(
        question.askedIf?.canHold(in: answered) ?? true, field, "depends on an answer that nobody gives at a kiosk")
      check(question.choices.count <= 9, field, "has more choices than a kiosk has keys for them")
      check(!self.questions.prefix(index).contains { $0.isBytewise(id) }, field, "is named twice")
    }
    return found
  }
}
