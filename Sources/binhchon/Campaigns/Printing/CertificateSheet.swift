internal import Polling
internal import Schema

/// What stands on the paper that is handed over: a certificate of recognition, or one of praise. Always in Vietnamese.
struct CertificateSheet: Sendable, Equatable {
  /// A paper may be signed before anybody knows some of it: what is nil is left to be filled in by hand.
  struct Decision: Sendable, Equatable {
    var number: String?
    var date: Day?
  }

  /// `CHỨNG NHẬN`, `GIẤY KHEN`
  var title: String
  /// What comes before the name: `Mô hình`, `Tặng tập thể`
  var act: String
  var name: String
  /// Who carries out a model.
  var registrant: String?
  /// What for, over one line or two.
  var merit: [String]
  var decision: Decision
  /// The office that signs.
  var signer: String
  /// Where it is signed; nil: filled in by hand.
  var place: String?
  /// Its number in the register (số vào sổ).
  var serial: UInt32
  /// How often it was printed again; 0: never.
  var reprints = 0

  /// A certificate of recognition (Chứng nhận).
  ///
  /// - Parameter levelName: what the level is called there; nil: by its kind, `cấp quận, huyện`.
  init(
    _ certificate: Binhchon_V1_Certificate, under decision: Binhchon_V1_RecognitionDecision, in campaign: Campaign,
    levelName: String? = nil, place: String? = nil
  ) {
    title = "CHỨNG NHẬN"
    act = SubjectKind(rawValue: certificate.kind).map { Self.word($0, isFirst: true) } ?? ""
    name = certificate.name
    registrant = certificate.hasRegistrant ? certificate.registrant.name : nil
    let level = levelName ?? CampaignLevel(word: decision.level)?.label.vi ?? decision.level
    merit = ["Được công nhận \(level) năm \(decision.year)", campaign.title.vi]
    self.decision = Decision(number: decision.number, date: Day(iso: decision.date))
    signer = decision.signer
    self.place = place
    serial = certificate.serial
    reprints = certificate.reprints.count
  }

  /// A paper of praise (Giấy khen, Bằng khen); nil: the award comes on no such paper.
  init?(
    _ kind: AwardKind, to subject: SubjectKind, named name: String, for merit: [String], decision: Decision,
    signer: String, place: String? = nil, serial: UInt32
  ) {
    switch kind {
    case .giayKhen: title = "GIẤY KHEN"
    case .bangKhen: title = "BẰNG KHEN"
    case .commended, .praise: return nil
    }
    act = "Tặng " + Self.word(subject, isFirst: false)
    self.name = name
    self.merit = merit
    self.decision = decision
    self.signer = signer
    self.place = place
    self.serial = serial
  }

  private static func word(_ subject: SubjectKind, isFirst: Bool) -> String {
    switch subject {
    case .collective: isFirst ? "Tập thể" : "tập thể"
    case .individual: isFirst ? "Ông (bà)" : "ông (bà)"
    case .model: isFirst ? "Mô hình" : "mô hình"
    case .household: isFirst ? "Hộ gia đình" : "hộ gia đình"
    }
  }
}
