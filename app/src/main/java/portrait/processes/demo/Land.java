package portrait.processes.demo;

import java.util.List;

/// Where the generated people live, and what they are called there.
enum Land {
  AT("+43 1", List.of("Wien", "Graz", "Linz", "Salzburg"), List.of("Lukas", "Magdalena", "Tobias", "Valentina", "Felix",
      "Johanna"), List.of("Gruber", "Huber", "Pichler", "Steiner", "Moser", "Mayer")),

  CH("+41 44", List.of("Zürich", "Bern", "Basel", "Luzern"), List.of("Nina", "Reto", "Urs", "Lara", "Beat", "Corinne"),
      List.of("Müller", "Meier", "Schmid", "Keller", "Brunner", "Zbinden")),

  DE("+49 30", List.of("Berlin", "Hamburg", "München", "Köln", "Leipzig"), List.of("Leon", "Mia", "Paul", "Hannah",
      "Jörg", "Katrin", "Stefan", "Birgit"),
      List.of("Schmidt", "Fischer", "Wagner", "Becker", "Hoffmann", "Schäfer",
          "Köhler", "Krüger")),

  DK("+45 33", List.of("København", "Aarhus", "Odense"), List.of("Freja", "Søren", "Ida", "Mads", "Astrid", "Rasmus"),
      List.of("Nielsen", "Jensen", "Hansen", "Sørensen", "Møller")),

  ES("+34 91", List.of("Madrid", "Barcelona", "Valencia", "Sevilla"), List.of("Lucía", "Mateo", "Carmen", "Álvaro",
      "Inés", "Javier"), List.of("García", "Martínez", "López", "Muñoz", "Romero", "Núñez")),

  FR("+33 4", List.of("Lyon", "Paris", "Marseille", "Nantes", "Lille"), List.of("Camille", "Hugo", "Chloé", "Théo",
      "Manon", "Étienne", "Inès"), List.of("Martin", "Bernard", "Petit", "Durand", "Lefèvre", "Girard", "Roux")),

  IE("+353 1", List.of("Dublin", "Cork", "Galway"), List.of("Aoife", "Conor", "Niamh", "Sean", "Ciara", "Liam"),
      List.of("Murphy", "Kelly", "O'Sullivan", "Walsh", "Byrne", "O'Connor")),

  IT("+39 02", List.of("Milano", "Torino", "Roma", "Bologna"), List.of("Giulia", "Lorenzo", "Chiara", "Niccolò",
      "Francesca", "Davide"), List.of("Russo", "Ferrari", "Bianchi", "Romano", "Gallo", "D'Angelo")),

  NL("+31 20", List.of("Amsterdam", "Utrecht", "Rotterdam"),
      List.of("Sanne", "Daan", "Femke", "Bram", "Lotte", "Thijs"),
      List.of("de Jong", "Jansen", "van den Berg", "Bakker", "Visser", "Smit"));

  final String dialling;
  final List<String> cities;
  final List<String> firstNames;
  final List<String> lastNames;

  Land(String dialling, List<String> cities, List<String> firstNames, List<String> lastNames) {
    this.dialling = dialling;
    this.cities = cities;
    this.firstNames = firstNames;
    this.lastNames = lastNames;
  }
}
