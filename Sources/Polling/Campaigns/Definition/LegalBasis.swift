/// A document that a campaign, a review or an award rests on.
public struct LegalBasis: Hashable, Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    case law = "LUAT"
    case decree = "ND"
    case circular = "TT"
    /// Chỉ thị
    case directive = "CT"
    /// Kết luận
    case conclusion = "KL"
    /// Nghị quyết
    case resolution = "NQ"
    /// Quyết định
    case decision = "QD"
    /// Chương trình hành động
    case programme = "CTR"
    /// Kế hoạch
    case plan = "KH"
    /// Quy chế, quy định
    case regulation = "QC"
  }

  public var id: RecordID<LegalBasis>
  public var kind: Kind
  /// As written: `25-NQ/TW`.
  public var number: String
  public var issuer: String
  /// Nil: not known.
  public var date: Day?
  /// What this document carries out: central, then city, then district.
  public var implements: [RecordID<LegalBasis>]

  public init(
    id: RecordID<LegalBasis>, kind: Kind, number: String, issuer: String, date: Day? = nil,
    implements: [RecordID<LegalBasis>] = []
  ) {
    self.id = id
    self.kind = kind
    self.number = number
    self.issuer = issuer
    self.date = date
    self.implements = implements
  }

  /// The number as it is compared: `114-KL/TƯ` and `114-KL/TW` are one, so are `23-Ctr/TU` and `23-CTr/TU`. Nil: it is
  /// none.
  public var foldedNumber: String? {
    guard let folded = FoldedText(number) else { return nil }
    let text = folded.text.filter { $0 != " " }
    return text.hasSuffix("/tư") ? text.dropLast(3) + "/tw" : text
  }

  /// Whether both are one document, as far as anybody can tell. Numbers begin anew with every term of office, so dates
  /// tell two of one number apart.
  func isSame(as other: LegalBasis) -> Bool {
    guard let number = foldedNumber, number == other.foldedNumber else { return false }
    let isDatedOtherwise = date != nil && other.date != nil && date != other.date
    return !isDatedOtherwise && FoldedText(issuer) == FoldedText(other.issuer)
  }
}

extension [LegalBasis] {
  /// A document and all that it carries out, nearest first, each once: 92-KH/QU, 23-CTr/TU, 25-NQ/TW.
  public func chain(from id: RecordID<LegalBasis>) -> [LegalBasis] {
    let known = Dictionary(map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var found: [LegalBasis] = []
    var met: Set<RecordID<LegalBasis>> = [id]
    var waiting = [id]
    var next = 0
    while next < waiting.count {
      if let basis = known[waiting[next]] {
        found.append(basis)
        waiting += basis.implements.filter { met.insert($0).inserted }
      }
      next += 1
    }
    return found
  }
}
