import java.io.FileInputStream;
import java.net.InetAddress;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A TLS server that wants a client's certificate: shakes hands once, with the key store and the authority in files. */
class Server {
  public static void main(String[] parameters) throws Exception {
    char[] password = parameters[1].toCharArray();
    KeyStore own = KeyStore.getInstance("PKCS12");
    try (FileInputStream file = new FileInputStream(parameters[0])) {
      own.load(file, password);
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(own, password);
    KeyStore authorities = KeyStore.getInstance(KeyStore.getDefaultType());
    authorities.load(null, null);
    try (FileInputStream file = new FileInputStream(parameters[2])) {
      authorities.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(file));
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(authorities);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    try (SSLServerSocket listener =
        (SSLServerSocket)
            context.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      listener.setNeedClientAuth(true);
      System.out.println("port " + listener.getLocalPort());
      try (SSLSocket socket = (SSLSocket) listener.accept()) {
        socket.startHandshake();
        System.out.println("verified");
      } catch (SSLException error) {
        System.out.println(error);
        System.exit(1);
      }
    }
  }
}
