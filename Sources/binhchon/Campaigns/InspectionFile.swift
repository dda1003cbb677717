internal import Polling
internal import Schema
internal import Yams

/// Inspections as a YAML file: teams, visits, and reviews that are due.
struct InspectionFile {
  var teams: [String]
  var visits: [Binhchon_V1_InspectionVisit]
  /// A review that is done has its entry of when it was due first.
  var reviews: [Binhchon_V1_InspectionReview]

  /// Reads it; every mistake of its form is told at once, with its line. Rules are the server's.
  static func read(_ text: String, file: String) throws(ClientError) -> InspectionFile {
    let root = try YAMLReader.root(of: text, file: file, failing: .badData)
    var reader = CampaignReader()
    let inspections = reader.inspections(root)
    if let error = reader.yaml.error(.badData, file: file) { throw error }
    return inspections
  }
}

extension CampaignReader {
  fileprivate mutating func inspections(_ node: Node) -> InspectionFile {
    let keys = yaml.mapping(node, "", keys: ["teams", "visits", "reviews"])
    return InspectionFile(
      teams: list(keys["teams"], "teams", in: node) { $0.yaml.text($1, $2) },
      visits: list(keys["visits"], "visits", in: node) { $0.visit($1, $2) },
      reviews: list(keys["reviews"], "reviews", in: node) { $0.reviews($1, $2) }.flatMap { $0 })
  }

  private mutating func visit(_ node: Node, _ path: String) -> Binhchon_V1_InspectionVisit? {
    let keys = yaml.mapping(node, path, keys: ["id", "team", "unit", "day", "finding"])
    var visit = Binhchon_V1_InspectionVisit()
    visit.id = yaml.text(keys["id"], "\(path).id", required: "id", in: node)
    visit.team = yaml.text(keys["team"], "\(path).team", required: "team", in: node)
    visit.unit = yaml.text(keys["unit"], "\(path).unit", required: "unit", in: node)
    visit.day = day(keys["day"], "\(path).day", required: "day", in: node)?.description ?? ""
    visit.finding = keys["finding"].flatMap { yaml.text($0, "\(path).finding") } ?? ""
    return visit
  }

  private mutating func reviews(_ node: Node, _ path: String) -> [Binhchon_V1_InspectionReview]? {
    let keys = yaml.mapping(node, path, keys: ["id", "unit", "due", "done"])
    var review = Binhchon_V1_InspectionReview()
    review.id = yaml.text(keys["id"], "\(path).id", required: "id", in: node)
    review.unit = yaml.text(keys["unit"], "\(path).unit", required: "unit", in: node)
    review.due = day(keys["due"], "\(path).due", required: "due", in: node)?.description ?? ""
    guard let done = keys["done"], let day = day(done, "\(path).done", required: "done", in: node) else {
      return [review]
    }
    var finished = Binhchon_V1_InspectionReview()
    (finished.id, finished.done) = (review.id, day.description)
    return [review, finished]
  }
}
