import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Judges the files 0, 1, 2 … of a folder: each has a trust anchor and what a server presents. Writes a line for each with
 * why Java refuses it, empty where it accepts.
 */
public class Verdicts {
  public static void main(String[] args) throws Exception {
    int count = Integer.parseInt(args[1]);
    StringBuilder lines = new StringBuilder();
    for (int index = 0; index < count; index++) {
      lines.append(judge(Files.readString(Path.of(args[0], String.valueOf(index))))).append('\n');
    }
    System.out.print(lines);
  }

  private static String judge(String text) {
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      List<X509Certificate> certificates = new ArrayList<>();
      for (String part : text.split("(?<=-----END CERTIFICATE-----\n)")) {
        byte[] bytes = part.getBytes(StandardCharsets.US_ASCII);
        certificates.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(bytes)));
      }
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      trusted.setCertificateEntry("ca", certificates.get(0));
      TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
      managers.init(trusted);
      X509TrustManager manager = (X509TrustManager) managers.getTrustManagers()[0];
      X509Certificate[] presented = certificates.subList(1, certificates.size()).toArray(new X509Certificate[0]);
      manager.checkServerTrusted(presented, "ECDHE_ECDSA");
      return "";
    } catch (Exception | StackOverflowError error) {
      StringBuilder reason = new StringBuilder("refused");
      for (Throwable each = error; each != null; each = each.getCause()) {
        reason.append(": ").append(each.getMessage());
      }
      return reason.toString().replaceAll("[^ -~]", " ");
    }
  }
}
