using System.Text;
using Akka.Configuration;
using TspActors.Configuration.Hocon;

namespace TspActors.Configuration.Layers;

/// <summary>Builds the settings layer from the HOCON file.</summary>
internal static class FileLayer
{
    /// <summary>The maximum size of the file, in bytes.</summary>
    public const int MaxBytes = 1024 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// Reads the file given with --config. Without that option, reads config/PROGRAM.conf in the working directory or, if there is none,
    /// in the program's directory. If neither exists, the layer is empty.
    /// </summary>
    public static SettingsLayer Load(LoadRequest request)
    {
        if (request.ConfigFile is { } given)
        {
            string path = Path.GetFullPath(given.Length == 0 ? "." : given, request.WorkingDirectory);
            if (File.Exists(path) || Directory.Exists(path))
                return Read(path);
            string missing = $"there is no file {DisplayText.Escape(path)}";
            return SettingsLayer.Broken(new SettingsProblem("command line --config", missing, "correct the path, or leave --config out"));
        }

        string relative = Path.Combine("config", $"{request.Program}.conf");
        string? found = new[] { request.WorkingDirectory, request.ProgramDirectory }
            .Select(directory => Path.GetFullPath(Path.Combine(directory, relative)))
            .FirstOrDefault(File.Exists);
        return found is null ? SettingsLayer.Empty : Read(found);
    }

    private static SettingsLayer Read(string path)
    {
        string text;
        try
        {
            text = StrictUtf8.GetString(ReadBounded(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Broken(
                path, 0, $"it cannot be read ({DisplayText.Escape(e.Message)})", "make it readable, or name another file with --config");
        }
        catch (DecoderFallbackException)
        {
            return Broken(path, 0, "it is not UTF-8 text", "save it as UTF-8");
        }

        return Parse(path, text.StartsWith('\uFEFF') ? text[1..] : text);
    }

    private static SettingsLayer Parse(string path, string text)
    {
        var outline = HoconOutline.Read(text);
        if (outline.Findings.Count > 0)
            return SettingsLayer.Broken(outline.Findings.Select(finding => Problem(path, finding.Line, finding.What, finding.Remedy)));
        Config config;
        try
        {
            // Akka's tokenizer misses a comment or a bracket at the very end of the text, so a newline is appended.
            config = ConfigurationFactory.ParseString(text + "\n");
        }
        catch (Exception e)
            when (e is FormatException or ConfigurationException or NullReferenceException
                or InvalidOperationException or ArgumentException)
        {
            // The parser has no exception type of its own, and throws these for text that it cannot parse.
            return Broken(
                path, 0, $"Akka's HOCON parser does not accept it ({DisplayText.Escape(e.Message)})",
                "write each setting on its own line");
        }

        var settings = HoconTree.Leaves(config, key => new SettingOrigin(OriginKind.File, path, LineOf(key, outline.Lines)));
        return new SettingsLayer(config, new Dictionary<string, Setting>(settings, StringComparer.Ordinal), []);
    }

    // A key in a substituted section has no line of its own, so the line of the substitution is used.
    private static int LineOf(string key, IReadOnlyDictionary<string, int> lines)
    {
        int line;
        while (!lines.TryGetValue(key, out line) && key.LastIndexOf('.') is > 0 and var end)
            key = key[..end];
        return line;
    }

    private static byte[] ReadBounded(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var buffer = new byte[MaxBytes + 1];
        int length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return length <= MaxBytes ? buffer[..length] : throw new IOException($"it is larger than {MaxBytes / 1024} KiB");
    }

    private static SettingsLayer Broken(string path, int line, string what, string remedy) =>
        SettingsLayer.Broken(Problem(path, line, what, remedy));

    private static SettingsProblem Problem(string path, int line, string what, string remedy) =>
        new(new SettingOrigin(OriginKind.File, path, line).ToString(), what, remedy);
}
