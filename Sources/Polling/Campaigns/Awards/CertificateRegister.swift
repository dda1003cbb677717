/// The paper for one recognition (Chứng nhận). It keeps its serial for ever, also when it is printed again.
public struct Certificate: Hashable, Sendable {
  public struct Reprint: Hashable, Sendable {
    public var day: Day
    public var actor: String
    public var reason: String

    public init(day: Day, actor: String, reason: String) {
      self.day = day
      self.actor = actor
      self.reason = reason
    }
  }

  public let serial: UInt32
  public let decision: RecordID<RecognitionDecision>
  public let nomination: RecordID<Nomination>
  public let issued: Day
  /// Nil: not yet.
  public internal(set) var handedOver: Day?
  public internal(set) var reprints: [Reprint] = []
}

/// All certificates of one series, numbered 1, 2, 3 … without a gap: a serial is its place, and none is ever taken out.
public struct CertificateRegister: Hashable, Sendable {
  private struct Recognition: Hashable {
    var decision: RecordID<RecognitionDecision>
    var nomination: RecordID<Nomination>
  }

  /// By serial.
  public private(set) var certificates: [Certificate] = []
  private var serials: [Recognition: UInt32] = [:]

  public init() {}

  /// The certificate of a recognition: a new one with the next serial, or the one it has.
  ///
  /// - Throws: ``CampaignRefusal`` `NOT_FOUND`: the nomination is not recognised by that decision.
  public mutating func issue(
    to nomination: RecordID<Nomination>, under decision: RecordID<RecognitionDecision>, in book: RecognitionBook,
    on day: Day
  ) throws(CampaignRefusal) -> Certificate {
    let recognition = Recognition(decision: decision, nomination: nomination)
    if let serial = serials[recognition] { return try certificate(serial) }
    guard book.recognised[decision]?.contains(nomination) == true,
      let serial = UInt32(exactly: certificates.count + 1)
    else { throw CampaignRefusal(.notFound) }
    let certificate = Certificate(serial: serial, decision: decision, nomination: nomination, issued: day)
    certificates.append(certificate)
    serials[recognition] = serial
    return certificate
  }

  /// - Throws: ``CampaignRefusal`` `NOT_FOUND`.
  public func certificate(_ serial: UInt32) throws(CampaignRefusal) -> Certificate {
    guard serial >= 1, serial <= certificates.count else { throw CampaignRefusal(.notFound) }
    return certificates[Int(serial) - 1]
  }

  /// - Throws: ``CampaignRefusal`` `NOT_FOUND`; `ALREADY_EXISTS`: on another day.
  public mutating func handOver(_ serial: UInt32, on day: Day) throws(CampaignRefusal) {
    if let known = try certificate(serial).handedOver, known != day { throw CampaignRefusal(.alreadyExists) }
    certificates[Int(serial) - 1].handedOver = day
  }

  /// - Throws: ``CampaignRefusal`` `NOT_FOUND`.
  public mutating func reprint(_ serial: UInt32, _ reprint: Certificate.Reprint) throws(CampaignRefusal) {
    _ = try certificate(serial)
    certificates[Int(serial) - 1].reprints.append(reprint)
  }
}
