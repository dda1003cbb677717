public import Polling

/// The survey of a one-stop shop with eleven items: that of examples/mot-cua.yaml, put in the units of ``ExampleUnits``,
/// as `binhchond init --example` publishes it.
public enum ExampleSurvey {
  public static func poll() throws(InvalidValue) -> Poll {
    Poll(
      id: try PollID("mot-cua"),
      title: LocalizedText(
        vi: "Khảo sát mức độ hài lòng tại Bộ phận Một cửa", en: "Satisfaction survey at the one-stop shop"),
      unit: try UnitPath(ExampleUnits.root), units: try ExampleUnits.units(), questions: questions,
      policy: Policy(
        timePrecision: .minute, cooldown: 2_000, burst: Policy.Burst(presses: 10, within: 30_000), smallestGroup: 5))
  }

  static let levels = ["RKHL", "KHL", "BT", "HL", "RHL"]
  static let reasons = ["CHO-LAU", "DI-LAI", "HUONG-DAN", "TRE-HEN", "PHI", "KHAC"]
  static let manners = ["THIEU-TON-TRONG", "KHONG-LANG-NGHE", "GAY-KHO", "KHAC"]
  /// Those that citizens are asked, of their dossier.
  static let indicators = ["1", "2", "3", "4", "6", "7"]

  private static func choice(_ code: String, _ vi: String, _ en: String) -> Choice {
    Choice(code: code, label: LocalizedText(vi: vi, en: en))
  }

  private static func choices(_ codes: [String], _ words: [(String, String)]) -> [Choice] {
    zip(codes, words).map { choice($0, $1.0, $1.1) }
  }

  private static func question(
    _ id: String, _ vi: String, _ en: String, _ kind: Question.Kind, _ choices: [Choice], askedIf: Condition? = nil
  ) -> Question {
    Question(
      id: id, text: LocalizedText(vi: vi, en: en), kind: kind, isOptional: true, choices: choices, askedIf: askedIf)
  }

  private static func level(_ id: String, _ vi: String, _ en: String) -> Question {
    question(
      id, vi, en, .ordinal,
      choices(
        levels,
        [
          ("Rất không hài lòng", "Very dissatisfied"), ("Không hài lòng", "Dissatisfied"), ("Bình thường", "Neutral"),
          ("Hài lòng", "Satisfied"), ("Rất hài lòng", "Very satisfied"),
        ]))
  }

  private static func indicator(
    _ code: String, _ vi: String, _ en: String, _ words: [(String, String)], askedIf: Condition? = nil
  ) -> Question {
    question(code, vi, en, .indicator, choices(["0", "1", "2"], words), askedIf: askedIf)
  }

  private static let speed = [
    ("Trễ hơn quy định", "Later"), ("Đúng quy định", "In time"), ("Sớm hơn quy định", "Sooner than allowed"),
  ]
  private static let met = [("Không đạt", "Not met"), ("Đạt một phần", "Partly met"), ("Đạt", "Met")]
  private static let byOffice = Condition(question: "nguoi-danh-gia", choices: ["CO-QUAN"])

  private static let questions = [
    level(
      "hai-long", "Ông/Bà hài lòng đến mức nào với kết quả giải quyết hồ sơ?",
      "How satisfied are you with how your dossier was handled?"),
    question(
      "ly-do", "Điều gì khiến Ông/Bà chưa hài lòng?", "What were you not satisfied with?",
      .multiple(votesAllowed: 6),
      choices(
        reasons,
        [
          ("Thời gian chờ lâu", "A long wait"), ("Phải đi lại nhiều lần", "Several visits"),
          ("Hướng dẫn chưa rõ", "Unclear guidance"), ("Trả kết quả trễ hẹn", "The result came late"),
          ("Phí, lệ phí", "The fees"), ("Lý do khác", "Something else"),
        ]), askedIf: Condition(question: "hai-long", choices: ["RKHL", "KHL", "BT"])),
    level(
      "phuc-vu", "Ông/Bà hài lòng đến mức nào với thái độ phục vụ tại quầy?",
      "How satisfied are you with how you were treated at the counter?"),
    indicator(
      "1", "Tổng thời gian giải quyết hồ sơ so với thời gian quy định", "Total time taken against the time allowed",
      speed),
    indicator(
      "2", "Thời gian thực hiện của từng cơ quan tham gia giải quyết so với quy định",
      "Time taken by each office involved against the time allowed", speed),
    indicator(
      "3", "Số lần phải liên hệ với nơi tiếp nhận để hoàn thiện hồ sơ",
      "How often the reception had to be contacted to complete the dossier",
      [("Từ hai lần", "Twice or more"), ("Một lần", "Once"), ("Không phải liên hệ thêm", "Not again")]),
    indicator(
      "4", "Số cơ quan, đơn vị, tổ chức phải liên hệ để hoàn thiện hồ sơ",
      "How many offices had to be contacted to complete the dossier",
      [
        ("Thêm từ hai cơ quan", "Two more or above"), ("Thêm một cơ quan", "One more office"),
        ("Chỉ Bộ phận Một cửa", "The one-stop shop only"),
      ]),
    indicator(
      "6", "Công khai thủ tục hành chính", "Publication of the procedures",
      [("Không có", "None"), ("Có nhưng chưa đủ", "Some"), ("Đầy đủ, dễ tìm", "All, easily found")]),
    indicator(
      "7", "Thái độ của cán bộ, công chức, viên chức", "Conduct of the officers",
      [("Không tốt", "Bad"), ("Bình thường", "Neutral"), ("Tốt", "Good")]),
    question(
      "thai-do", "Điều gì về thái độ phục vụ cần sửa trước hết?", "What about it should be mended first?", .single,
      choices(
        manners,
        [
          ("Thiếu tôn trọng", "Lack of respect"), ("Không lắng nghe", "Not listening"),
          ("Gây khó khăn", "Making things difficult"), ("Điều khác", "Something else"),
        ]),
      askedIf: Condition(
        .any,
        [
          Condition.Test(question: "phuc-vu", choices: ["RKHL", "KHL"]), Condition.Test(question: "7", choices: ["0"]),
        ])),
    question(
      "nguoi-danh-gia", "Ai chấm phiếu này?", "Who fills in this form?", .single,
      choices(["CONG-DAN", "CO-QUAN"], [("Công dân", "A citizen"), ("Cơ quan tự chấm", "The office itself")])),
    indicator(
      "5", "Tổ chức tiếp nhận, giải quyết, trả kết quả tại Bộ phận Một cửa",
      "Reception, handling and return of results at the one-stop shop", met, askedIf: byOffice),
    indicator(
      "8", "Tiếp thu, giải trình đối với phản ánh, kiến nghị", "Response to complaints and petitions", met,
      askedIf: byOffice),
    indicator(
      "9", "Tiến độ và chất lượng cung cấp dịch vụ công trực tuyến", "Progress and quality of online services", met,
      askedIf: byOffice),
  ]
}
