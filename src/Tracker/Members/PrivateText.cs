using System.Text;

namespace TspActors.Tracker.Members;

/// <summary>Reads small UTF-8 text files that another program may replace at any time.</summary>
internal static class PrivateText
{
    /// <summary>The maximum size of a file in bytes.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Returns the text of a file; null if there is no file.</summary>
    /// <exception cref="IOException">The file cannot be read, is too large, or is not text. The message names the file.</exception>
    public static string? Read(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length > MaxBytes)
                throw new IOException($"{path} is larger than 4 MiB, so it is not a file of this tracker; move it aside");
            var bytes = new byte[file.Length];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return Utf8.GetString(bytes, 0, length).TrimStart('\ufeff');
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (DecoderFallbackException error)
        {
            throw new IOException($"{path} is not UTF-8 text; correct it, or move it aside", error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"{path} cannot be read: {error.Message}", error);
        }
    }
}
