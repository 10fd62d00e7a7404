namespace TspActors.Peer; internal static class Program { private static int Main() => 0; }
