using System.Text;

namespace TspActors.Configuration;

/// <summary>A file that contains a secret as its only line, such as a Docker secret.</summary>
internal static class SecretFile
{
    // UTF-8 needs at most three bytes per UTF-16 code unit. The extra bytes leave room for a byte order mark and a line ending.
    private const int BytesPerUnit = 3;
    private const int Extra = 8;

    /// <summary>Reads the secret.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxLength">The maximum length of the secret, in UTF-16 code units.</param>
    /// <param name="minLength">The minimum length of the secret.</param>
    /// <returns>The secret, or the problem with the file. The description of the problem never includes any of the file's text.</returns>
    public static (string? Secret, string? Fault) Read(string path, int maxLength, int minLength)
    {
        try
        {
            var bytes = new byte[(maxLength * BytesPerUnit) + Extra];
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes, 0, length).TrimStart('\uFEFF');
            text = text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
            return text.Length == 0 ? (null, $"{path} is empty")
                : text.Length < minLength ? (null, $"the secret in {path} has fewer than {minLength} characters")
                : text.Length > maxLength ? (null, $"the secret in {path} has more than {maxLength} characters")
                : text.Any(char.IsControl) ? (null, $"{path} has more than one line, or a control character")
                : (text, null);
        }
        catch (DecoderFallbackException)
        {
            return (null, $"{path} is not UTF-8 text");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return (null, $"{path} cannot be read: {error.Message}");
        }
    }
}
