internal import Polling
internal import Schema

/// What stands on a certificate of recognition (Chứng nhận) that is handed over. Always in Vietnamese.
struct CertificateSheet: Sendable, Equatable {
  /// A paper may be signed before anybody knows some of it: what is nil is left to be filled in by hand.
  struct Decision: Sendable, Equatable {
    var number: String?
    var date: Day?
  }

  /// `CHỨNG NHẬN`
  var title: String
  /// What comes before the name: `Mô hình`, `Tập thể`
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

  /// - Parameter levelName: what the level is called there; nil: by its kind, `cấp quận, huyện`.
  init(
    _ certificate: Binhchon_V1_Certificate, under decision: Binhchon_V1_RecognitionDecision, in campaign: Campaign,
    levelName: String? = nil, place: String? = nil
  ) {
    title = "CHỨNG NHẬN"
    act = SubjectKind(rawValue: certificate.kind).map(Self.word) ?? ""
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

  private static func word(_ subject: SubjectKind) -> String {
    switch subject {
    case .collective: "Tập thể"
    case .individual: "Ông (bà)"
    case .model: "Mô hình"
    case .household: "Hộ gia đình"
    }
  }
}
