using System.Text;
using TspActors.Fuzz.Oracles;
using TspActors.Media.Folders;

namespace TspActors.Fuzz.Targets;

/// <summary>
/// The patterns of a .tspignore file, which must match exactly what a simple matcher matches. The last NUL in the input separates the
/// file from the path; without a NUL, each is one half of the input.
/// </summary>
internal sealed class IgnoreTarget : FuzzTarget
{
    private static readonly (string File, string Path)[] Samples =
    [
        ("*.part.mp3\n!keep*.mp3\nkeep-not.mp3", "a/keep.part.mp3"),
        ("# comment\n/x.mp3\r\na/x.mp3  \n\\#x\n\\!y\nz\\ ", "a/x.mp3"),
        ("**/live/*.mp3\na/**/x.mp3\nb/**", "b/live/x.mp3"),
        ("?.mp3\n[a-c]*.mp3\n[!a-c]?.mp3\n[x.mp3\n[]a].mp3", "bx.mp3"),
        ("live/\n!live/good/", "a/live/good/x.mp3"),
        // More states than a machine word has bits.
        (string.Concat(Enumerable.Repeat("[a-c]*?", 30)), string.Concat(Enumerable.Repeat("bx", 30))),
        ("*a*a*a*a*a*a*a*ab", "aaaaaaaaaaaaaaaaaaaaa"),
        ("Ünï*\n", "ÜnïcÖdé/x"),
    ];

    public override string Name => "ignore";

    public override IEnumerable<byte[]> Seeds() => Samples.Select(sample => Encoding.UTF8.GetBytes($"{sample.File}\0{sample.Path}"));

    // A pattern of two bytes is compiled into sets of states that take a few hundred bytes.
    public override long MaxAllocated(int inputLength) => (1 << 20) + 4096L * inputLength;

    public override void Run(byte[] input)
    {
        var end = input.AsSpan().LastIndexOf((byte)0);
        var (fileEnd, pathStart) = end < 0 ? (input.Length / 2, input.Length / 2) : (end, end + 1);
        var lines = Encoding.UTF8.GetString(input.AsSpan(0, fileEnd)).Split('\n');
        var path = Encoding.UTF8.GetString(input.AsSpan(pathStart));
        var patterns = IgnorePatterns.Parse(lines);
        var plain = new PlainIgnore(lines);
        Rule.Holds(patterns.Count == plain.Count && patterns.IsEmpty == (plain.Count == 0), "the number of patterns differs");
        Rule.Holds(patterns.IgnoredLines == plain.IgnoredLines, "the number of ignored lines differs");
        Rule.Holds(patterns.Length <= fileEnd, "the patterns are longer than their file");
        Rule.Holds(patterns.Match(path, isFolder: false) == plain.Match(path, isFolder: false), "a file matches differently");
        Rule.Holds(patterns.Match(path, isFolder: true) == plain.Match(path, isFolder: true), "a folder matches differently");
        Rule.Holds(patterns.SelectsFile(path) == plain.SelectsFile(path), "a file is selected differently");
    }
}
