using System.Text;
using QRCoder;

namespace TspActors.Gateway.Security;

/// <summary>Creates QR codes for links, to be scanned with a phone.</summary>
public static class QrCode
{
    /// <summary>Returns the code as an SVG document.</summary>
    public static string ToSvg(string text)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        using var code = new SvgQRCode(data);
        return code.GetGraphic(4);
    }

    /// <summary>Returns the code as lines of half-block characters for a terminal with light text on a dark background.</summary>
    public static string ToText(string text)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.L);
        var rows = data.ModuleMatrix;
        var lines = new StringBuilder();
        for (var row = 0; row < rows.Count; row += 2)
        {
            for (var column = 0; column < rows[row].Count; column++)
            {
                var (upper, lower) = (rows[row][column], row + 1 < rows.Count && rows[row + 1][column]);
                lines.Append((upper, lower) switch { (true, true) => ' ', (true, false) => '▄', (false, true) => '▀', _ => '█' });
            }

            lines.Append('\n');
        }

        return lines.ToString();
    }
}
