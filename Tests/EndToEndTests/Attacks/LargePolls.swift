import Schema

/// Polls whose definitions make up a megabyte together.
enum LargePolls {
  static var requests: [Binhchon_V1_PublishPollRequest] {
    (0..<8).map { number in
      var request = DossierPoll.publishRequest
      request.poll.id = "large-\(number)"
      request.poll.units = (0..<500).map { index in
        var unit = Binhchon_V1_Unit()
        unit.path = "hai-chau/mot-cua/quay-\(index)"
        unit.name.vi = "Quầy \(index) \(String(repeating: "ắ", count: 60))"
        unit.name.en = "Counter \(index)"
        return unit
      }
      return request
    }
  }
}
