/// A text in the languages of the service, and of those who live there.
public struct LocalizedText: Hashable, Sendable {
  public struct Translation: Hashable, Sendable {
    /// BCP 47 (RFC 5646), for example `km`, `tyz`, `cjm-Cham`.
    public var language: String
    public var text: String

    public init(language: String, text: String) {
      self.language = language
      self.text = text
    }
  }

  public var vi: String
  public var en: String
  /// In other languages, in the order of their tags, so that equal texts have equal bytes.
  public let others: [Translation]

  public init(vi: String, en: String, others: [Translation] = []) {
    self.vi = vi
    self.en = en
    self.others = others.sorted { $0.language.utf8.lexicographicallyPrecedes($1.language.utf8) }
  }

  /// Most translations of one text.
  public static let mostOthers = 16

  /// In that language; where it is not translated, in Vietnamese.
  public func text(in language: String) -> String {
    let text =
      switch language {
      case "vi": vi
      case "en": en
      default: others.first { $0.language.isBytewise(language) }?.text ?? ""
      }
    return text.isEmpty ? vi : text
  }

  /// Every rule that a text must keep to be published; whether it may be left out is for its owner to say.
  func violations(_ field: String) -> [Violation] {
    if others.count > Self.mostOthers {
      return [Violation("\(field).others", "are more than \(Self.mostOthers)")]
    }
    var found: [Violation] = []
    for (index, translation) in others.enumerated() {
      let place = "\(field).others[\(index)]"
      if !LanguageTag.isValid(translation.language) {
        found.append(Violation("\(place).language", "must be a language tag such as km or cjm-Cham"))
      } else if translation.language == "vi" || translation.language == "en" {
        found.append(Violation("\(place).language", "has a field of its own"))
      } else if index > 0, others[index - 1].language.isBytewise(translation.language) {
        found.append(Violation("\(place).language", "is there twice"))
      }
      if translation.text.isEmpty { found.append(Violation("\(place).text", "is missing")) }
    }
    return found
  }
}

enum LanguageTag {
  /// A language of 2 or 3 small letters, then subtags of 1 to 8 letters and digits: as much of RFC 5646, section 2.1,
  /// as keeps a tag short and in one spelling of its first part.
  static func isValid(_ tag: String) -> Bool {
    guard tag.utf8.count <= 35 else { return false }
    let parts = tag.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard let language = parts.first, (2...3).contains(language.count),
      language.allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) })
    else { return false }
    return parts.dropFirst().allSatisfy { part in
      (1...8).contains(part.count)
        && part.allSatisfy {
          (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
    }
  }
}
