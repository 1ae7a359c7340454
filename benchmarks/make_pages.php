<?php
/**
 * Render pages with the parser of an installed MediaWiki; make_pages.py calls this.
 *
 * Reads one JSON object a line, {"title", "wikitext", "variant"}, and answers with one a line: the
 * HTML and what the parser registered. Each page is rendered in a process of its own, so that the
 * conversion rules of one page are not those of the next.
 *
 * Templates are what the folder named in wiki.json holds; one that is not there counts as nothing.
 */
require_once getenv( 'MW_INSTALL_PATH' ) . '/maintenance/Maintenance.php';

use MediaWiki\MediaWikiServices;

class MakePages extends Maintenance {
	/** @var string[] Names of the categories that MediaWiki gives to pages by itself, as keys. */
	private $tracking = [];

	public function execute() {
		$services = MediaWikiServices::getInstance();
		foreach ( $services->getTrackingCategories()->getTrackingCategories() as $category ) {
			foreach ( $category['cats'] as $title ) {
				$this->tracking[$title->getText()] = true;
			}
		}
		// Loads what every page needs, before the processes part.
		$this->render( [ 'title' => 'A', 'wikitext' => "'''a''' [[b]]" ] );
		while ( ( $line = fgets( STDIN ) ) !== false ) {
			$page = json_decode( $line, true );
			$child = pcntl_fork();
			if ( $child === 0 ) {
				try {
					$answer = $this->render( $page );
				} catch ( Throwable $error ) {
					$answer = [ 'error' => get_class( $error ) . ': ' . $error->getMessage() ];
				}
				$flags = JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE;
				fwrite( STDOUT, json_encode( $answer, $flags ) . "\n" );
				// Leaves at once: the parent still needs what an orderly end would close.
				posix_kill( posix_getpid(), SIGKILL );
			}
			pcntl_waitpid( $child, $status );
		}
	}

	private function render( array $page ): array {
		global $wgRequest;
		$services = MediaWikiServices::getInstance();
		$variant = $page['variant'] ?? null;
		if ( $variant !== null ) {
			$wgRequest->setVal( 'variant', $variant );
		}
		$options = ParserOptions::newFromAnon();
		$options->setUserLang( $variant ?? $services->getContentLanguage()->getCode() );
		$options->setTemplateCallback( [ $this, 'template' ] );
		$title = Title::newFromText( $page['title'] ) ?? Title::newFromText( 'Page' );
		$output = $services->getParserFactory()->create()
			->parse( $page['wikitext'], $title, $options );
		$headings = [];
		foreach ( $output->getSections() as $section ) {
			$text = html_entity_decode( strip_tags( $section['line'] ), ENT_QUOTES );
			$headings[] = [ (int)$section['level'], trim( $text ) ];
		}
		$names = array_map( 'strval', array_keys( $output->getCategories() ) );
		$names = str_replace( '_', ' ', $names );
		return [
			'html' => $output->getText( [
				'allowTOC' => false,
				'enableSectionEditLinks' => false,
				'unwrap' => true,
			] ),
			'links' => self::titles( $output->getLinks() ),
			'externallinks' => array_keys( $output->getExternalLinks() ),
			'categories' => array_values( array_filter(
				$names,
				fn ( $name ) => !isset( $this->tracking[$name] )
			) ),
			'languagelinks' => array_values( $output->getLanguageLinks() ),
			'images' => array_map( 'strval', array_keys( $output->getImages() ) ),
			'templates' => self::titles( $output->getTemplates() ),
			'headings' => $headings,
		];
	}

	/** Namespace => [ key => … ] as a list of titles. */
	private static function titles( array $byNamespace ): array {
		$titles = [];
		foreach ( $byNamespace as $namespace => $keys ) {
			foreach ( array_keys( $keys ) as $key ) {
				$titles[] = Title::makeTitle( $namespace, (string)$key )->getPrefixedText();
			}
		}
		return $titles;
	}

	/** What Parser::fetchTemplateAndTitle() wants to know of a transcluded page. */
	public function template( $title ): array {
		global $wgTemplateFolder;
		$text = false;
		if ( $title->getNamespace() === NS_TEMPLATE ) {
			$name = str_replace( '/', '%2F', $title->getDBkey() );
			$file = "$wgTemplateFolder/$name.wikitext";
			$text = $wgTemplateFolder !== null && is_file( $file ) ? file_get_contents( $file ) : '';
		}
		$used = [ 'title' => $title, 'page_id' => 0, 'rev_id' => 0 ];
		return [ 'text' => $text, 'finalTitle' => $title, 'deps' => [ $used ] ];
	}
}

$maintClass = MakePages::class;
require_once RUN_MAINTENANCE_IF_MAIN;
